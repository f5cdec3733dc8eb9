import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { OrderMoved } from '@alexandrite/schema/events';
import { traceHeaders } from '@alexandrite/telemetry/trace';

/** What a partner is sent. `id` is the delivery's: the same one is sent again until it is answered with 2xx. */
export interface WebhookEvent {
  id: string;
  type: 'order.moved' | 'webhook.test';
  at: string;
  order?: { id: string; number: string; status: string; version: number };
  move?: { from: string | null; to: string; at: string; cause: string | null };
}

/**
 * Queues a move of a partner's order for each of his webhooks, in the transaction that makes the move known here: once, in
 * the order of versions, however often the bus says it. What is disabled is queued, too, and sent when it is enabled again.
 * Returns whether there is anything to send.
 */
export async function queueDeliveries(tx: Tx, order: OrderRecord, moved: OrderMoved): Promise<boolean> {
  if (order.channel !== 'B2B') return false;
  const webhooks = await tx.execute<{ id: string }[]>('select id from webhooks where account_id = ?', [
    order.accountId,
  ]);
  for (const { id: webhookId } of webhooks) {
    const id = uuidV7();
    await insertDelivery(tx, webhookId, eventOf(id, moved), { orderId: order.id, version: moved.version });
  }
  return webhooks.length > 0;
}

/** Tries a webhook out. A test that waits already is sent now instead: there is one, however often it is asked for. */
export async function queueTest(tx: Tx, webhookId: string): Promise<void> {
  const waiting = `webhook_id = ? and order_id is null and state = 'WAITING'`;
  const [known] = await tx.execute(`select 1 from webhook_deliveries where ${waiting} limit 1`, [webhookId]);
  if (known) {
    // What is under way is left alone.
    await tx.execute(
      `update webhook_deliveries set next_attempt_at = now(), attempts = 0, first_attempt_at = null
        where ${waiting} and (taken_until is null or taken_until < now())`,
      [webhookId],
    );
    return;
  }
  const test: WebhookEvent = { id: uuidV7(), type: 'webhook.test', at: new Date().toISOString() };
  await insertDelivery(tx, webhookId, test, null);
}

async function insertDelivery(
  tx: Tx,
  webhookId: string,
  event: WebhookEvent,
  of: { orderId: string; version: number } | null,
): Promise<void> {
  await tx.execute(
    `insert into webhook_deliveries (id, webhook_id, order_id, version, event, payload, headers)
     values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    [
      event.id,
      webhookId,
      of?.orderId ?? null,
      of?.version ?? null,
      event.type,
      JSON.stringify(event),
      JSON.stringify(traceHeaders()),
    ],
  );
}

function eventOf(id: string, { order, from, to, version, at, cause, facts }: OrderMoved): WebhookEvent {
  return {
    id,
    type: 'order.moved',
    at,
    order: { id: order.id, number: facts.number, status: to, version },
    move: { from, to, at, cause },
  };
}
