import type { Database } from '@alexandrite/database';
import type { Channel } from '@alexandrite/schema/events';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';

export interface Overdue {
  id: string;
  status: OrderStatus;
  channel: Channel;
  version: number;
  holder: System;
  movedAt: Date;
  limitSeconds: number;
  /** Null: it has just been found. */
  retries: number | null;
  retryAt: Date | null;
  /** What it waited for when it was last looked at. */
  reason: string | null;
}

/** What is looked at in one round. */
const atATime = 200;
/** More are counted by nobody's eyes: a limit is wrong, or everything stands still. */
const mostStuck = 10_000;

/** A system's part is looked at again soon, since it can change by itself; a person's less often. */
const againSeconds = { system: 5, person: 60 };

/** Orders that are over their limit and not known to be, and those known ones that should be looked at again. */
export async function findOverdue(database: Database): Promise<Overdue[]> {
  const found = await database.em().execute<Overdue[]>(
    `select o.id, o.status, o.channel, o.version, o.holder, o.moved_at as "movedAt", l.seconds as "limitSeconds",
            null as retries, null as "retryAt", null as reason
       from status_limits l cross join lateral (
         select * from orders
          where orders.status = l.status and orders.channel = l.channel
            and orders.status not in ('CLOSED', 'CANCELLED')
            and orders.moved_at < now() - make_interval(secs => l.seconds)
            and not exists (select 1 from stuck_orders s where s.order_id = orders.id and s.version = orders.version)
          order by orders.moved_at limit ?) as o
      where (select count(*) from stuck_orders) < ?
      order by o.moved_at + make_interval(secs => l.seconds) desc limit ?`,
    [atATime, mostStuck, atATime],
  );
  const again = await database.em().execute<Overdue[]>(
    `select o.id, o.status, o.channel, o.version, o.holder, o.moved_at as "movedAt",
            s.limit_seconds as "limitSeconds", s.retries, s.retry_at as "retryAt", s.reason
       from stuck_orders s join orders o on o.id = s.order_id
      where s.looked_at < now() - make_interval(secs => case s.hop when 'PERSON' then ? else ? end)
      order by s.looked_at limit ?`,
    [againSeconds.person, againSeconds.system, atATime],
  );
  const date = (value: Date | null) => (value === null ? null : new Date(value));
  return [...found, ...again].map((one) => ({
    ...one,
    movedAt: new Date(one.movedAt),
    retryAt: date(one.retryAt),
  }));
}

/** Forgets those that have moved on, are gone, or may stand for longer now; how many those were. */
export async function clearMoved(database: Database): Promise<number> {
  const cleared = await database.em().execute(
    `delete from stuck_orders s
      where not exists (
        select 1 from orders o
          join status_limits l on l.status = o.status and l.channel = o.channel
         where o.id = s.order_id and o.version = s.version
           and o.moved_at < now() - make_interval(secs => l.seconds))
     returning s.order_id`,
  );
  return cleared.length;
}
