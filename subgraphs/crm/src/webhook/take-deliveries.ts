import type { Database } from '@alexandrite/database';

/** A delivery to be sent now, by whoever took it. */
export interface TakenDelivery {
  id: string;
  webhookId: string;
  accountId: string;
  orderId: string | null;
  version: number | null;
  event: string;
  payload: unknown;
  headers: Record<string, string>;
  /** This one counted. */
  attempts: number;
  firstAttemptAt: Date;
  url: string;
  secrets: string[];
}

/** Any number that is ours alone: one process takes at a time, for milliseconds. */
const takeLock = 7_201_301;
/** Longer than an attempt can take; what a killed process had taken is given to another then. */
const takenForSeconds = 30;
/** So many requests a webhook has under way at most, over all processes: who is slow waits for himself alone. */
const perWebhook = 4;

/**
 * Takes what is due: of each order the earliest that waits, of each webhook a few; webhooks with the fewest under way come
 * first, so that many slow ones with much waiting keep nobody else waiting. Any number of processes may do so side by side.
 */
export function takeDeliveries(database: Database, atMost: number): Promise<TakenDelivery[]> {
  return database.transaction(async (tx) => {
    await tx.execute('select pg_advisory_xact_lock(?)', [takeLock]);
    return tx.execute<TakenDelivery[]>(take, [atMost]);
  });
}

const take = `
  with due as (
    select d.id
      from webhooks w
      cross join lateral (
        select count(*) as deliveries from webhook_deliveries d
         where d.webhook_id = w.id and d.state = 'WAITING' and d.taken_until >= now()
      ) busy
      cross join lateral (
        select few.id, few.next_attempt_at, row_number() over (order by few.next_attempt_at, few.id) as turn
          from (
            select d.id, d.next_attempt_at
              from webhook_deliveries d
             where d.webhook_id = w.id and d.state = 'WAITING' and d.next_attempt_at <= now()
               and (d.taken_until is null or d.taken_until < now())
               and not exists (
                 select 1 from webhook_deliveries earlier
                  where earlier.webhook_id = w.id and earlier.state = 'WAITING'
                    and earlier.order_id = d.order_id and earlier.version < d.version)
             order by d.next_attempt_at, d.id
             limit greatest(0, ${perWebhook} - busy.deliveries)
          ) few
      ) d
     where w.disabled_at is null
     order by busy.deliveries + d.turn, d.next_attempt_at
     limit ?
  )
  update webhook_deliveries d
     set taken_until = now() + interval '${takenForSeconds} seconds',
         attempts = attempts + 1,
         last_attempt_at = now(),
         first_attempt_at = coalesce(first_attempt_at, now())
    from due, webhooks w
   where d.id = due.id and w.id = d.webhook_id
  returning d.id, d.webhook_id as "webhookId", w.account_id as "accountId", d.order_id as "orderId", d.version,
            d.event, d.payload, d.headers, d.attempts, d.first_attempt_at as "firstAttemptAt", w.url,
            case when w.previous_until > now() then array[w.secret, w.previous_secret] else array[w.secret] end
              as secrets`;
