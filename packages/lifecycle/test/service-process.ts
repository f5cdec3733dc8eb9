/** A process for run-until-signal.test.ts: says what happens to it, one word a line. */
import { runUntilSignal } from '../src/run-until-signal.ts';

const [closeMs = '0', fail = ''] = process.argv.slice(2);
const say = (word: string) => process.stdout.write(`${word}\n`);

await runUntilSignal(
  { info: (_, message) => say(message), error: (_, message) => say(message) },
  async (closers) => {
    const alive = setInterval(() => {}, 1_000);
    closers.add('timer', () => {
      clearInterval(alive);
      say('closed first opened');
    });
    closers.add('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, Number(closeMs)));
      say('closed last opened');
      if (fail === 'close') throw new Error('does not close');
    });
    if (fail === 'start') throw new Error('does not start');
    say('ready');
  },
  { deadlineMs: 1_500, sameSignalMs: 300 },
);
