import type { Bus, Consumption, DeadLetter, Delivery } from '@alexandrite/bus';
import type { Database } from '@alexandrite/database';
import { isUuid } from '@alexandrite/database/uuid';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';

/** The desk itself never gives up: a letter about a letter would come back here. */
const maxDeliveries = 1_000_000;
const backoffMs = [1_000, 5_000, 30_000];

/** Keeps every dead letter of every consumer for a person to decide on, longer than the bus does. */
export function collectDeadLetters(options: {
  bus: Bus;
  database: Database;
  log: Log;
  metrics: Metrics;
}): Promise<Consumption> {
  const { bus, database, log, metrics } = options;
  const died = metrics.counter({
    name: 'dead_letters_total',
    help: 'Messages that were given up.',
    labelNames: ['durable'],
  });
  return bus.consume(
    {
      stream: 'DEAD_LETTERS',
      durable: 'dead-letter-desk',
      concurrency: 4,
      ordered: false,
      maxDeliveries,
      backoffMs,
    },
    async (message) => {
      const durable = message.subject.slice('dead.'.length);
      if (!(await keep(database, durable, message))) return;
      died.inc({ durable });
      const { reason, subject, messageId } = message.payload as DeadLetter;
      log.error({ durable, reason, subject, messageId }, 'a message is a dead letter');
    },
  );
}

/** False when it is known. What the bus refused may be refused again later, and is then the same letter, waiting again. */
async function keep(
  database: Database,
  durable: string,
  { payload, messageId, publishedAt, sequence }: Delivery,
): Promise<boolean> {
  const letter = payload as Partial<DeadLetter>;
  const death = letter.stream === 'OUTBOX' ? `${durable}:${letter.sequence}` : messageId;
  const kept = await database.em().execute(
    `insert into dead_letters as known
       (death, durable, stream, sequence, subject, message_id, reason, attempts, headers, payload, order_id, died_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (death) do update
       set state = 'WAITING', settled_at = null, reason = excluded.reason, died_at = excluded.died_at
       where known.stream = 'OUTBOX' and known.died_at < excluded.died_at
     returning id`,
    [
      death,
      durable,
      letter.stream ?? 'DEAD_LETTERS',
      letter.sequence ?? sequence,
      letter.subject ?? '',
      letter.messageId ?? messageId,
      clean(letter.reason ?? 'no reason was given'),
      letter.attempts ?? 0,
      JSON.stringify(letter.headers ?? {}),
      JSON.stringify(letter.payload ?? null),
      orderIdIn(letter.payload),
      publishedAt,
    ],
  );
  return kept.length > 0;
}

/** PostgreSQL's text has no NUL. */
function clean(text: string): string {
  return text.replaceAll('\0', '');
}

/** The order that a message is about, wherever our messages say so. */
function orderIdIn(payload: unknown): string | null {
  const { orderId, order } = (payload ?? {}) as { orderId?: unknown; order?: { id?: unknown } | null };
  const id = orderId ?? order?.id;
  return typeof id === 'string' && isUuid(id) ? id : null;
}
