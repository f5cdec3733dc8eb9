import type { Refusal } from '@alexandrite/baton/refusal';
import { afterCommit } from '@alexandrite/database/after-commit';
import { isUuid } from '@alexandrite/database/uuid';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import type { CrmContext } from '../context.ts';
import { withWebhook } from './own-webhook.ts';

const mostAtOnce = 1_000;

export interface Replayed {
  count: number;
}

/** What is to be sent once more; one of the two. */
export interface ReplayChoice {
  deliveryIds?: readonly string[] | null;
  since?: Date | null;
}

/**
 * Sends deliveries once more, those that were given up or delivered, under their own ids and in each order's order. At
 * most a thousand at a time, the oldest first; the count says how many.
 */
export function replayDeliveries(
  context: CrmContext,
  webhookId: string,
  { deliveryIds, since }: ReplayChoice,
): Promise<Replayed | Refusal> {
  if ((deliveryIds == null) === (since == null))
    throw new CodedError('BAD_USER_INPUT', 'expected either deliveryIds or since');
  const ids = deliveryIds?.filter(isUuid).slice(0, mostAtOnce) ?? null;
  return withWebhook(context, webhookId, async (tx) => {
    const [condition, values]: [string, unknown[]] =
      ids !== null ? ['id = any(?::uuid[])', [`{${ids.join(',')}}`]] : ['created_at >= ?', [since]];
    const replayed = await tx.execute(
      `update webhook_deliveries
          set state = 'WAITING', attempts = 0, first_attempt_at = null, next_attempt_at = now(), delivered_at = null
        where id in (
          select id from webhook_deliveries
           where webhook_id = ? and state <> 'WAITING' and ${condition}
           order by created_at, id limit ${mostAtOnce})
       returning id`,
      [webhookId, ...values],
    );
    afterCommit(tx, context.wakeWebhooks);
    return { count: replayed.length };
  });
}
