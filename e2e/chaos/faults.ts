import { setTimeout as delay } from 'node:timers/promises';
import { commandLine } from '@alexandrite/local/running-process';
import type { Dice } from '../harness/dice.ts';
import type { Platform } from '../harness/platform.ts';
import { until } from '../harness/until.ts';

export interface Fault {
  kind: 'kill' | 'freeze';
  victim: string;
}

const BACK_WITHIN_MS = 30_000; // 30 seconds on a busy machine; a quiet one needs two
const FREEZE_MS = [500, 3_000] as const; // half a second to three seconds

/** Each victim once before any a second time, in the order of the dice; every other fault also freezes somebody. */
export function* faultsOf(dice: Dice, victims: readonly string[]): Generator<Fault> {
  for (;;) {
    for (const victim of dice.shuffled(victims)) {
      yield { kind: 'kill', victim };
      if (dice.next() < 0.5) yield { kind: 'freeze', victim: dice.one(victims) };
    }
  }
}

/** Does it, and resolves when the victim is there again. */
export async function commit({ kind, victim }: Fault, platform: Platform, dice: Dice): Promise<void> {
  const pid = await platform.pid(victim);
  if (kind === 'freeze') {
    process.kill(pid, 'SIGSTOP');
    try {
      await delay(dice.between(...FREEZE_MS));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    return;
  }
  process.kill(pid, 'SIGKILL');
  await until(`${victim} is started again`, async () => (await platform.pid(victim)) !== pid, BACK_WITHIN_MS);
}

/** The port in the command line of a running server. */
export async function portOf(platform: Platform, name: 'nats' | 'postgres'): Promise<number> {
  const line = commandLine(await platform.pid(name));
  const port = /port[ =](\d+)/.exec(line)?.[1];
  if (!port) throw new Error(`expected a port in the command line of ${name}: ${line}`);
  return Number(port);
}
