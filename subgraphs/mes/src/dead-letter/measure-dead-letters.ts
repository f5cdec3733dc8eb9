import type { Database } from '@alexandrite/database';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';

/** The letters that nobody has decided on, read when the metrics are. */
export function measureDeadLetters(database: Database, metrics: Metrics, log: Log): void {
  const waiting = metrics.gauge({
    name: 'dead_letters_waiting',
    help: 'Dead letters that nobody has decided on.',
    labelNames: ['durable'],
    collect: async () => {
      try {
        const rows = await database.em().execute<{ durable: string; count: number; age: number }[]>(
          `select durable, count(*)::int as count, extract(epoch from now() - min(died_at))::float as age
             from dead_letters where state = 'WAITING' group by 1`,
        );
        waiting.reset();
        for (const { durable, count } of rows) waiting.set({ durable }, count);
        oldest.set(Math.max(0, ...rows.map(({ age }) => age)));
      } catch (error) {
        log.warn({ err: error }, 'the dead letters could not be counted');
        waiting.reset();
        oldest.set(Number.NaN);
      }
    },
  });
  const oldest = metrics.gauge({
    name: 'dead_letters_oldest_seconds',
    help: 'How long the oldest of them has waited; 0 where there is none.',
  });
}
