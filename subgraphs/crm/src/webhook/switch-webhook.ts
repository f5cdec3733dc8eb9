import { type Refusal, refusal } from '@alexandrite/baton/refusal';
import { afterCommit } from '@alexandrite/database/after-commit';
import type { CrmContext } from '../context.ts';
import { withWebhook } from './own-webhook.ts';
import { queueTest } from './queue-deliveries.ts';
import type { Webhook } from './webhook.ts';

/** Nothing is sent; what happens meanwhile is kept for a month. */
export function disableWebhook(context: CrmContext, id: string): Promise<Webhook | Refusal> {
  return withWebhook(context, id, async (tx, webhook) =>
    webhook.disabledAt
      ? webhook
      : tx.assign(webhook, { disabledAt: new Date(), disabledReason: 'BY_HAND' as const }),
  );
}

/** What has been kept is sent now, each order's in its order. */
export function enableWebhook(context: CrmContext, id: string): Promise<Webhook | Refusal> {
  return withWebhook(context, id, async (tx, webhook) => {
    if (!webhook.disabledAt) return webhook;
    tx.assign(webhook, { disabledAt: null, disabledReason: null, failingSince: null });
    await tx.execute(
      `update webhook_deliveries set next_attempt_at = now(), attempts = 0, first_attempt_at = null
        where webhook_id = ? and state = 'WAITING'`,
      [id],
    );
    afterCommit(tx, context.wakeWebhooks);
    return webhook;
  });
}

/** Gone with its log. */
export function deleteWebhook(context: CrmContext, id: string): Promise<Webhook | Refusal> {
  return withWebhook(context, id, async (tx, webhook) => {
    await tx.execute('delete from webhooks where id = ?', [id]);
    tx.clear(); // nothing is written back
    return webhook;
  });
}

/** An event that speaks of no order. */
export function testWebhook(context: CrmContext, id: string): Promise<Webhook | Refusal> {
  return withWebhook(context, id, async (tx, webhook) => {
    if (webhook.disabledAt) return refusal('WEBHOOK_DISABLED', 'Enable the webhook first.');
    await queueTest(tx, id);
    afterCommit(tx, context.wakeWebhooks);
    return webhook;
  });
}
