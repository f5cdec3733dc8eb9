import { expect, test } from '@jest/globals';
import { runChaos } from './chaos.ts';
import { scripts } from './scripts.ts';

const SEED = 20_260_101;

test('every order gets where its script leads while each process is killed, frozen, and messages come twice', async () => {
  const lines: string[] = [];
  const report = await runChaos({
    orders: 2 * scripts.length,
    kills: 11, // each process once
    seed: SEED,
    say: (line) => lines.push(line),
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${lines.join('\n')}`);
  });
  expect(report.wrongs).toEqual([]);
  expect(Object.keys(report.kills)).toHaveLength(11);
  expect(report.repeated).toBeGreaterThan(0);
  expect(report.webhooks).toBeGreaterThan(20);
}, 400_000);
