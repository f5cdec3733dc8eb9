import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@alexandrite/bus';
import type { Database, Tx } from '@alexandrite/database';
import { afterCommit } from '@alexandrite/database/after-commit';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { traceHeaders } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { Outbox, OutboxMessage } from './outbox.ts';
import { Relay } from './relay.ts';

export interface OutboxOptions {
  /** Its first migration holds `outboxTablesSql`. */
  database: Database;
  bus: Bus;
  log: Log;
  metrics: Metrics;
}

const hookMs = 1_000; // a hook may not hold up the messages for longer

export function openOutbox({ database, bus, log, metrics }: OutboxOptions): Outbox {
  const hooks: ((messages: readonly OutboxMessage[]) => Promise<void>)[] = [];
  const published = metrics.counter({
    name: 'outbox_published_total',
    help: 'Messages that the bus has stored.',
  });
  const rejected = metrics.counter({
    name: 'outbox_rejected_total',
    help: 'Attempts to publish that the bus rejected.',
  });
  const waiting = metrics.gauge({
    name: 'outbox_waiting',
    help: 'Messages not yet published.',
    labelNames: ['parked'],
  });
  const oldest = metrics.gauge({
    name: 'outbox_oldest_seconds',
    help: 'Age of the oldest message not yet published.',
  });
  metrics.onRead(readDepth);

  const relay = new Relay({
    url: database.url,
    service: metrics.service,
    bus,
    log: log.child({ part: 'outbox' }),
    tracer: tracerOf(metrics.service),
    prepare,
    onBatch(batch) {
      published.inc(batch.published);
      rejected.inc(batch.rejected);
    },
  });

  async function append(tx: Tx, ...messages: OutboxMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const headers = JSON.stringify(traceHeaders());
    await tx.execute(
      `insert into outbox (subject, payload, message_id, ordering_key, headers)
       values ${messages.map(() => '(?, ?, ?, ?, ?)').join(', ')}`,
      messages.flatMap(({ subject, payload, messageId, orderingKey }) => [
        subject,
        JSON.stringify(payload),
        messageId,
        orderingKey,
        headers,
      ]),
    );
    afterCommit(tx, () => relay.wake());
  }

  async function prepare(messages: readonly OutboxMessage[]): Promise<void> {
    for (const hook of hooks) {
      const tooLate = new AbortController();
      try {
        await Promise.race([
          hook(messages),
          sleep(hookMs, undefined, { signal: tooLate.signal }).then(() => {
            throw new Error(`took longer than ${hookMs} ms`);
          }),
        ]);
      } catch (error) {
        log.error({ err: error }, 'preparing a batch of the outbox failed, it is published nevertheless');
      } finally {
        tooLate.abort();
      }
    }
  }

  async function readDepth(): Promise<void> {
    const [row] = await database.em().execute(
      `select count(*) filter (where parked_at is null)::int as waiting,
              count(*) filter (where parked_at is not null)::int as parked,
              coalesce(extract(epoch from now() - min(created_at)), 0)::float as oldest
         from outbox`,
    );
    waiting.set({ parked: 'no' }, Number(row?.waiting));
    waiting.set({ parked: 'yes' }, Number(row?.parked));
    oldest.set(Number(row?.oldest));
  }

  async function drained(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const left = await database.em().execute('select 1 from outbox where parked_at is null limit 1');
      if (left.length === 0) return;
      if (Date.now() > deadline) throw new Error(`the outbox was not empty after ${timeoutMs} ms`);
      await sleep(20);
    }
  }

  return {
    append,
    beforePublish: (hook) => void hooks.push(hook),
    start: async () => relay.start(),
    drained,
    [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose](),
  };
}
