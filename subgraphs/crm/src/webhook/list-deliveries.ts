import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import type { CursorKey, CursorShape, PageRequest } from '@alexandrite/subgraph/connection';
import { type DeliveryState, WebhookDelivery } from './delivery.ts';

export const deliveryCursor: CursorShape = ['instant', 'uuid'];

export function deliveryKey({ createdAt, id }: WebhookDelivery): CursorKey {
  return [createdAt.toISOString(), id];
}

/** A page of a webhook's log, newest first. */
export async function listDeliveries(
  database: Database,
  webhookId: string,
  state: DeliveryState | null,
  page: PageRequest,
): Promise<WebhookDelivery[]> {
  const rows = await database.em().execute<{ id: string }[]>(
    `select id from webhook_deliveries
      where webhook_id = ? ${state ? 'and state = ?' : ''}
        ${page.after ? 'and (created_at, id) < (?::timestamptz, ?::uuid)' : ''}
      order by created_at desc, id desc limit ${page.limit}`,
    [webhookId, ...(state ? [state] : []), ...(page.after ?? [])],
  );
  if (rows.length === 0) return [];
  return readRecords<WebhookDelivery>(
    database,
    WebhookDelivery,
    { id: { $in: rows.map(({ id }) => id) } },
    { createdAt: 'desc', id: 'desc' },
  );
}
