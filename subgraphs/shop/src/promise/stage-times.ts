import type { Database } from '@alexandrite/database';
import type { OrderStatus } from '@alexandrite/schema/order-status';

const HOUR = 3_600;
const DAY = 86_400;

/** The way from submitted to delivered; an order that is made again waits once more where it waited for an operator. */
export const STAGES = [
  'SUBMITTED',
  'PRICE_CALCULATED',
  'MANUFACTURING_APPROVED',
  'MANUFACTURING_STARTED',
  'MANUFACTURING_COMPLETED',
  'PACKAGING',
  'SHIPPED',
] as const satisfies readonly OrderStatus[];

export type Stage = (typeof STAGES)[number];

/** How long an order usually stays in each stage, in seconds, and how long it will stay where the work ahead decides. */
export interface StageTimes {
  seconds: Readonly<Record<Stage | 'ON_HOLD', number>>;
  /** Orders that wait for an operator. */
  waiting: number;
  /** How long the operators need to begin all of them at the pace of late; 0 while that is not known. */
  backlogSeconds: number;
}

/** Until there is a history to learn from. */
const usually: StageTimes['seconds'] = {
  SUBMITTED: HOUR / 12,
  PRICE_CALCULATED: DAY,
  MANUFACTURING_APPROVED: 2 * DAY,
  MANUFACTURING_STARTED: 4 * DAY,
  MANUFACTURING_COMPLETED: DAY / 2,
  PACKAGING: DAY / 2,
  SHIPPED: 5 * DAY,
  ON_HOLD: DAY,
};

const recentStays = 500;
const fewestStays = 5;
const freshMs = 15_000; // 15 seconds

/** The times as of seconds ago, read once for all who ask. */
export class StageClock {
  readonly #database: Database;
  #read: Promise<StageTimes> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database) {
    this.#database = database;
  }

  times(): Promise<StageTimes> {
    if (this.#read && performance.now() - this.#readAt < freshMs) return this.#read;
    this.#readAt = performance.now();
    this.#read = readStageTimes(this.#database);
    this.#read.catch(() => {
      this.#read = undefined; // whoever asked hears of it; the next one asks again
    });
    return this.#read;
  }
}

/** Medians of the latest stays of the last 90 days, from an index, so that the age of the shop does not matter. */
export async function readStageTimes(database: Database): Promise<StageTimes> {
  const statuses = Object.keys(usually);
  const stays = await database
    .em()
    .execute<{ status: keyof typeof usually; seconds: number; stays: number }[]>(
      `select stage.status, recent.seconds, recent.stays
       from unnest(?::text[]) as stage (status) cross join lateral (
         select (percentile_cont(0.5) within group (order by duration_ms) / 1000)::float8 as seconds,
                count(*)::int as stays
           from (select duration_ms from order_moves
                  where from_status = stage.status and at > now() - interval '90 days'
                  order by at desc limit ${recentStays}) as latest
       ) as recent`,
      [`{${statuses.join(',')}}`],
    );
  const seconds = { ...usually };
  for (const { status, seconds: median, stays: count } of stays) {
    if (count >= fewestStays) seconds[status] = median;
  }
  const [floor] = await database.em().execute<{ waiting: number; begun: number; span: number | null }[]>(
    `select (select count(*)::int from orders
              where status in ('MANUFACTURING_APPROVED', 'REWORK') and status not in ('CLOSED', 'CANCELLED')) as waiting,
            count(*)::int as begun, extract(epoch from now() - min(at))::float8 as span
       from (select at from order_moves
              where from_status = 'MANUFACTURING_APPROVED' and to_status = 'MANUFACTURING_STARTED'
                and at > now() - interval '14 days'
              order by at desc limit ${recentStays}) as latest`,
  );
  const { waiting = 0, begun = 0, span = null } = floor ?? {};
  const perSecond = begun >= fewestStays && span !== null && span > 0 ? begun / span : 0;
  return { seconds, waiting, backlogSeconds: perSecond > 0 ? waiting / perSecond : 0 };
}
