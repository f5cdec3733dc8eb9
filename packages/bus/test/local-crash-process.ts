/**
 * A process for local-journal.test.ts that is killed: publishes without end, says the number of each message once it
 * is confirmed, and handles some of them, saying so too. Message 7 never gets an answer.
 */
import { openLocalBus } from '../src/local.ts';
import { quiet } from './quiet.ts';

const [journal = ''] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);
const bus = await openLocalBus({ log: quiet, journal, maxJournalBytes: 200_000 });
const common = { maxAgeMs: 3_600_000, maxMessages: 100_000, duplicateWindowMs: 60_000 };
await bus.ensureStreams([
  { name: 'LOG', subjects: ['log.*'], kind: 'log', ...common },
  { name: 'WORK', subjects: ['work.*'], kind: 'work', ...common },
]);
await bus.consume(
  { stream: 'WORK', durable: 'worker', concurrency: 8, maxDeliveries: 10, backoffMs: [10] },
  async ({ payload, attempt }) => {
    const { i } = payload as { i: number };
    if (i === 7) {
      say(`stuck ${attempt}`);
      await new Promise(() => {});
    }
    say(`handled ${i}`);
  },
);
for (let i = 1; ; i++) {
  const text = 'x'.repeat(500);
  await new Promise((resolve) => setImmediate(resolve)); // known messages are confirmed without any other turn
  await Promise.all([
    bus.publish('log.a', { i, text }, { messageId: `log-${i}` }).then(() => say(`logged ${i}`)),
    bus.publish('work.a', { i, text }, { messageId: `work-${i}` }).then(() => say(`queued ${i}`)),
  ]);
}
