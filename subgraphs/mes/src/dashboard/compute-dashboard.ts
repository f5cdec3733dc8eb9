import type { Database, Tx } from '@alexandrite/database';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { DashboardFacts } from './dashboard.ts';

/** Any number that is ours alone: whoever holds it computes. */
const dashboardLock = 7_201_101;
const replicaPatienceMs = 500;

/** Waits until nobody else computes; held until the transaction ends, so that results are kept in their order. */
export async function lockDashboard(tx: Tx): Promise<void> {
  await tx.execute('select pg_advisory_xact_lock(?)', [dashboardLock]);
}

/**
 * All of it from one snapshot in one statement, each figure from an index or a counter, so that the number of orders does
 * not matter. The transaction must hold the lock: it also sums up the counted changes.
 */
export async function computeDashboard(tx: Tx): Promise<DashboardFacts> {
  await tx.execute(foldCounts);
  return readFacts(tx);
}

/**
 * The same where there is a replica, which does the reading: what is summed up is committed first, and read once it has
 * got there. The caller's transaction holds the lock all the while.
 */
export async function computeOnReplica(database: Database): Promise<DashboardFacts> {
  await database.transaction((tx) => tx.execute(foldCounts));
  return database.read(readFacts, { atLeast: await database.position(), waitMs: replicaPatienceMs });
}

async function readFacts(em: EntityManager): Promise<DashboardFacts> {
  const [row] = await em.execute<DashboardFacts[]>(facts);
  if (!row) throw new Error('expected one row of facts, got none');
  return row;
}

const foldCounts = `
  with gone as (delete from order_count_changes returning status, change)
  insert into order_counts (status, count)
  select status, sum(change) from gone group by status
  on conflict (status) do update set count = order_counts.count + excluded.count`;

const ms = (instant: string) => `(extract(epoch from ${instant}) * 1000)::float8`;

const near = `interval '3 days'`;

/** Word for word the predicate of the index. */
const open = `status in ('SUBMITTED', 'PRICE_CALCULATED', 'MANUFACTURING_APPROVED', 'MANUFACTURING_STARTED',
  'MANUFACTURING_COMPLETED', 'PACKAGING', 'ON_HOLD', 'REWORK')`;

const facts = `
  select
    ${ms('now()')} as "asOf",
    (select coalesce(jsonb_object_agg(status, count), '{}')
      from (
        select status, sum(count) as count
        from (
          select status, count from order_counts
          union all select status, change from order_count_changes -- since the summing up
        ) as counted group by status
      ) as summed where count > 0
    ) as "ordersByStatus",
    (select jsonb_agg(jsonb_build_object(
        'channel', channel,
        'waiting', (select count(*) from pricings p where stage = 'QUEUED' and p.channel = c.channel),
        'inProgress', (select count(*) from pricings p
          where stage in ('ESTIMATED', 'CALCULATING') and p.channel = c.channel),
        'oldestAt', (select ${ms('min(requested_at)')} from pricings p
          where stage = 'QUEUED' and p.channel = c.channel)
      ) order by channel)
      from (values ('B2B'), ('B2C')) as c (channel)
    ) as queues,
    (select jsonb_build_object('id', id, 'since', ${ms('waiting_since')}) from work_orders
      where status in ('MANUFACTURING_APPROVED', 'REWORK') and waiting_since is not null
      order by waiting_since limit 1
    ) as "oldestWaiting",
    pricing.seconds[1] as "pricingP50",
    pricing.seconds[2] as "pricingP95",
    (select count(*)::int from orders
      where promised_at < now() + ${near} and ${open}
    ) as "atRisk",
    (select ${ms(`min(promised_at) - ${near}`)} from orders
      where promised_at >= now() + ${near} and ${open}
    ) as "atRiskChangesAt"
  from (
    select percentile_cont(array[0.5, 0.95]) within group (order by seconds) as seconds
    from pricings where stage = 'CALCULATED' and finished_at > now() - interval '24 hours'
  ) as pricing`;
