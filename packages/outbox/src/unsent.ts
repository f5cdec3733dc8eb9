import type { Database } from '@alexandrite/database';

/** What of one ordering key has not been published. */
export interface UnsentMessages {
  orderingKey: string;
  messages: number;
  since: Date;
  /** The bus would not take the first of them, and those behind it wait. */
  parked: boolean;
  error: string | null;
}

/** A message that the bus would not take: see `Outbox`. */
export interface ParkedMessage {
  id: string;
  subject: string;
  messageId: string;
  orderingKey: string;
  payload: unknown;
  headers: Record<string, string>;
  attempts: number;
  parkedAt: Date;
  error: string;
}

/** For those keys that have anything unsent. */
export async function readUnsent(database: Database, keys: readonly string[]): Promise<UnsentMessages[]> {
  const rows = await database
    .em()
    .execute<{ key: string; messages: number; since: Date; parked: boolean; error: string | null }[]>(
      `select ordering_key as key, count(*)::int as messages, min(created_at) as since,
            bool_or(parked_at is not null) as parked, max(last_error) as error
       from outbox where ordering_key = any(?::text[]) group by 1`,
      [`{${keys.map((key) => JSON.stringify(key)).join(',')}}`],
    );
  return rows.map(({ key, since, ...row }) => ({ ...row, orderingKey: key, since: new Date(since) }));
}

/** Lets the relay try what it has given up, of one key or of one message; how many messages that were. */
export async function releaseParked(
  database: Database,
  which: { orderingKey: string } | { id: string },
): Promise<number> {
  const [where, value] = 'id' in which ? ['id = ?', which.id] : ['ordering_key = ?', which.orderingKey];
  const released = await database.em().execute(
    `update outbox set parked_at = null, retry_at = null, attempts = 0
      where parked_at is not null and ${where} returning id`,
    [value],
  );
  if (released.length > 0) await database.em().execute('notify outbox');
  return released.length;
}

/** Throws a parked message away, so that those behind it leave. False where it is not, or no longer, parked. */
export async function discardParked(database: Database, id: string): Promise<boolean> {
  const gone = await database
    .em()
    .execute('delete from outbox where id = ? and parked_at is not null returning id', [id]);
  if (gone.length > 0) await database.em().execute('notify outbox');
  return gone.length > 0;
}
