import { type Bus, BusError, type DeadLetter } from '@alexandrite/bus';
import { publishTraced } from '@alexandrite/bus/traced';
import type { Log } from '@alexandrite/telemetry/log';
import type { Tracer } from '@alexandrite/telemetry/tracer';
import type pg from 'pg';
import type { OutboxMessage } from './outbox.ts';
import { retryDelay } from './retry-delay.ts';

/** Rows read at a time. */
export const batchSize = 256;
const keysAtATime = 32;

/** Of a payload that a dead letter shows. */
const mostLetterBytes = 500_000;

/** A message that the bus will not have is given up after so many attempts, some two minutes. */
const maxAttempts = 10;

interface Row extends OutboxMessage {
  id: string;
  headers: Record<string, string>;
  attempts: number;
}

export interface PublishOptions {
  /** Whose outbox it is: what it gives up goes to `dead.<service>-outbox`. */
  service: string;
  bus: Bus;
  log: Log;
  tracer: Tracer;
  /** Runs before the batch leaves. */
  prepare: (messages: readonly OutboxMessage[]) => Promise<void>;
}

export interface BatchResult {
  read: number;
  published: number;
  /** Rejected, and to be tried again or parked. */
  rejected: number;
  /** The bus could not be reached: wait before the next batch. */
  unreachable: boolean;
}

/**
 * Publishes the oldest messages and deletes those that are stored: keys side by side, the messages of one key one after
 * the other. A key whose first message must wait, or is parked, waits behind it: nobody sees a hole.
 */
export async function publishBatch(session: pg.Client, options: PublishOptions): Promise<BatchResult> {
  const { rows } = await session.query<Row>(
    `select id, subject, payload, message_id as "messageId", ordering_key as "orderingKey", headers, attempts
       from outbox
      where parked_at is null and ordering_key not in
            (select ordering_key from outbox where parked_at is not null or retry_at > now())
      order by id limit ${batchSize}`,
  );
  const result: BatchResult = { read: rows.length, published: 0, rejected: 0, unreachable: false };
  if (rows.length === 0) return result;
  await options.prepare(rows);

  const keys = [...Map.groupBy(rows, (row) => row.orderingKey).values()];
  const stored: string[] = [];
  const rejected: { row: Row; error: unknown }[] = [];
  const publishKeys = async () => {
    for (let key = keys.pop(); key && !result.unreachable; key = keys.pop()) {
      for (const row of key) {
        try {
          await publishTraced(options.tracer, options.bus, row.subject, row.payload, row);
          stored.push(row.id);
        } catch (error) {
          if (error instanceof BusError && (error.code === 'UNAVAILABLE' || error.code === 'CLOSED')) {
            result.unreachable = true;
          } else {
            rejected.push({ row, error });
          }
          break;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: keysAtATime }, publishKeys));

  if (stored.length > 0) await session.query('delete from outbox where id = any($1)', [stored]);
  for (const { row, error } of rejected) await postpone(session, row, error, options);
  return { ...result, published: stored.length, rejected: rejected.length };
}

async function postpone(
  session: pg.Client,
  row: Row,
  error: unknown,
  options: PublishOptions,
): Promise<void> {
  const attempts = row.attempts + 1;
  const code = error instanceof BusError ? error.code : undefined;
  // A stream may yet come (a broker restarting lacks it too) and may empty; a message never gets smaller.
  const passes = code === 'NO_STREAM' || code === 'FULL';
  const park = code === 'TOO_LARGE' || (!passes && attempts >= maxAttempts);
  const { id, subject, messageId } = row;
  options.log.error(
    { err: error, subject, messageId, attempts, parked: park },
    'the bus did not take a message',
  );
  await session.query(
    `update outbox set attempts = $2, last_error = $3, parked_at = case when $4 then now() end,
            retry_at = now() + make_interval(secs => $5)
      where id = $1`,
    [id, attempts, error instanceof Error ? error.message : String(error), park, retryDelay(attempts) / 1000],
  );
  if (park) await tellParked(row, attempts, error, options);
}

/** A person can see it among the dead letters, and release or discard it there. Without it it is parked all the same. */
async function tellParked(
  row: Row,
  attempts: number,
  error: unknown,
  options: PublishOptions,
): Promise<void> {
  const { subject, messageId, headers, payload } = row;
  const bytes = Buffer.byteLength(JSON.stringify(payload) ?? '');
  const letter: DeadLetter = {
    reason: (error instanceof Error ? error.message : String(error)).slice(0, 1_000),
    attempts,
    stream: 'OUTBOX',
    sequence: Number(row.id),
    ...{ subject, messageId, headers },
    payload: bytes < mostLetterBytes ? payload : { omitted: 'too large for a letter', bytes },
  };
  const durable = `${options.service}-outbox`;
  try {
    await options.bus.publish(`dead.${durable}`, letter, {
      messageId: `dead:${durable}:${row.id}:${Date.now()}`,
    });
  } catch (cause) {
    options.log.warn({ err: cause, subject, messageId }, 'a parked message could not be made a dead letter');
  }
}
