import type { Database } from '@alexandrite/database';
import type { Channel } from '@alexandrite/schema/events';
import { isFinal, type OrderStatus } from '@alexandrite/schema/order-status';
import { CodedError } from '@alexandrite/subgraph/coded-error';

export interface StatusLimit {
  status: OrderStatus;
  channel: Channel;
  seconds: number;
  changedBy: string | null;
  changedAt: Date | null;
}

const mostSeconds = 31_536_000; // a year

const columns = 'status, channel, seconds, changed_by as "changedBy", changed_at as "changedAt"';

export function readStatusLimits(database: Database): Promise<StatusLimit[]> {
  return database
    .em()
    .execute<StatusLimit[]>(`select ${columns} from status_limits order by status, channel`);
}

/** From now on orders of this channel may stand in this status for so long, or for ever (null). */
export async function setStatusLimit(
  database: Database,
  { status, channel, seconds }: { status: OrderStatus; channel: Channel; seconds: number | null },
  by: string,
): Promise<void> {
  if (isFinal(status)) throw new CodedError('BAD_USER_INPUT', `status: nothing follows ${status}`);
  if (seconds === null) {
    await database
      .em()
      .execute('delete from status_limits where status = ? and channel = ?', [status, channel]);
    return;
  }
  if (seconds < 1 || seconds > mostSeconds) {
    throw new CodedError('BAD_USER_INPUT', `seconds: expected 1 to ${mostSeconds}, got ${seconds}`);
  }
  await database.em().execute(
    `insert into status_limits (status, channel, seconds, changed_by, changed_at) values (?, ?, ?, ?, now())
     on conflict (status, channel) do update
       set seconds = excluded.seconds, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
    [status, channel, seconds, by],
  );
}
