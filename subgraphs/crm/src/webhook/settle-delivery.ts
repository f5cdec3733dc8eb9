import { subjectToken } from '@alexandrite/bus/subject-token';
import type { Database, Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { WebhookNotice } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { retryDelay } from './retry-schedule.ts';
import type { TakenDelivery } from './take-deliveries.ts';
import type { DisabledReason } from './webhook.ts';

/** What came of an attempt: a status of HTTP, or why there is none. */
export type Attempt = { status: number } | { error: string };

export type Settled = 'delivered' | 'failed' | 'given_up' | 'disabled';

const gone = 410;

/** Writes down what came of an attempt, and what follows from it. */
export function settleDelivery(
  { database, outbox, delaysMs }: { database: Database; outbox: Outbox; delaysMs: readonly number[] },
  taken: TakenDelivery,
  attempt: Attempt,
): Promise<Settled> {
  return database.transaction(async (tx) => {
    const status = 'status' in attempt ? attempt.status : null;
    const error = 'error' in attempt ? attempt.error : whatIsWrongWith(attempt.status);
    if (error === null) {
      await tx.execute('update webhooks set last_delivered_at = now(), failing_since = null where id = ?', [
        taken.webhookId,
      ]);
      await write(tx, taken, `state = 'DELIVERED', delivered_at = now()`, status, null);
      return 'delivered';
    }
    const delayMs = retryDelay(taken.attempts, delaysMs);
    const [webhook] = await tx.execute<{ failing: boolean }[]>(
      `update webhooks set failing_since = coalesce(failing_since, ?) where id = ?
       returning last_delivered_at is null or last_delivered_at < ? as failing`,
      [taken.firstAttemptAt, taken.webhookId, taken.firstAttemptAt],
    );
    if (status === gone || (delayMs === null && webhook?.failing)) {
      await disable(tx, outbox, taken, status === gone ? 'GONE' : 'FAILING');
      // It stays the next of its order, for the day on which the webhook is enabled again.
      await write(tx, taken, 'attempts = 0, first_attempt_at = null', status, error);
      return 'disabled';
    }
    if (delayMs === null) {
      // The webhook takes others: this one is not waited for any longer, and can be replayed.
      await write(tx, taken, `state = 'GIVEN_UP'`, status, error);
      return 'given_up';
    }
    await write(
      tx,
      taken,
      `next_attempt_at = now() + ${delayMs / 1_000} * interval '1 second'`,
      status,
      error,
    );
    return 'failed';
  });
}

/** Nothing is sent from now on, and the partner hears of it. */
async function disable(
  tx: Tx,
  outbox: Outbox,
  { webhookId, accountId }: Pick<TakenDelivery, 'webhookId' | 'accountId'>,
  reason: DisabledReason,
): Promise<void> {
  const [now] = await tx.execute<{ at: Date }[]>(
    `update webhooks set disabled_at = now(), disabled_reason = ? where id = ? and disabled_at is null
     returning disabled_at as at`,
    [reason, webhookId],
  );
  if (!now) return; // another delivery of it was first
  const at = new Date(now.at).toISOString();
  const notice: WebhookNotice = { webhook: { id: webhookId }, disabledReason: reason, at };
  await outbox.append(tx, {
    subject: subjects.webhookNotice(subjectToken(accountId), webhookId),
    payload: notice,
    messageId: `${webhookId}:${at}`,
    orderingKey: webhookId,
  });
}

/** Only of the attempt at hand: one that took too long has been given to another. */
async function write(
  tx: Tx,
  { id, attempts }: TakenDelivery,
  change: string,
  status: number | null,
  error: string | null,
): Promise<void> {
  await tx.execute(
    `update webhook_deliveries set ${change}, taken_until = null, response_status = ?, error = ?
      where id = ? and attempts = ? and state = 'WAITING'`,
    [status, error, id, attempts],
  );
}

function whatIsWrongWith(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return 'redirects are not followed';
  return 'expected a status of 2xx';
}
