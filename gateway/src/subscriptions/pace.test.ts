import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type FeedMessage, type Gap, Message } from './message.ts';
import { Pace, readRate } from './pace.ts';

const message = (sequence: number, key?: string): FeedMessage => ({
  message: new Message({ data: { sequence } }),
  sequence,
  position: null,
  key,
  cost: () => 0,
});

const paces: Pace[] = [];
afterEach(() => {
  for (const pace of paces.splice(0)) pace.stop();
});

function start(rate: number, limit = 100) {
  const passed: { sequence: number; at: number }[] = [];
  const gaps: Gap[] = [];
  const pace = new Pace(
    rate,
    limit,
    ({ sequence }) => passed.push({ sequence, at: performance.now() }),
    (gap) => gaps.push(gap),
  );
  paces.push(pace);
  const missed = (reason: string) =>
    gaps.reduce((sum, gap) => sum + (gap.reason === reason ? (gap.missed ?? 0) : 0), 0);
  return { pace, passed, missed, sequences: () => passed.map(({ sequence }) => sequence) };
}

async function until(done: () => boolean) {
  while (!done()) await setTimeout(1);
}

describe('the pace of a client', () => {
  test('lets what comes slowly pass at once', () => {
    const { pace, sequences } = start(10);
    pace.put(message(1));
    expect(sequences()).toEqual([1]);
  });

  test('lets no more pass than it may, in their order', async () => {
    const { pace, passed, sequences } = start(100);
    for (let n = 1; n <= 20; n++) pace.put(message(n));
    await until(() => passed.length === 20);
    expect(sequences()).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    // 19 intervals of 10 ms; a timer is a millisecond early at most.
    expect(passed.at(-1)!.at - passed[0]!.at).toBeGreaterThan(188);
  });

  test('keeps what comes within a second, and tells of the others', async () => {
    const { pace, passed, missed, sequences } = start(5);
    for (let n = 1; n <= 20; n++) pace.put(message(n));
    expect(missed('RATE')).toBe(14);
    await until(() => passed.length === 2);
    expect(sequences()).toEqual([1, 16]);
  });

  test('keeps the newest of each key, in the order of the stream', async () => {
    const { pace, passed, missed, sequences } = start(50);
    pace.put(message(1, 'a'));
    for (let n = 2; n <= 31; n++) pace.put(message(n, ['a', 'b', 'c'][n % 3]));
    expect(missed('CONFLATED')).toBe(27);
    await until(() => passed.length === 4);
    expect(sequences()).toEqual([1, 29, 30, 31]);
    expect(missed('RATE')).toBe(0);
  });

  test('keeps so many keys and no more', () => {
    const { pace, missed } = start(1, 10);
    for (let n = 1; n <= 21; n++) pace.put(message(n, `k${n}`));
    expect(missed('RATE')).toBe(10);
  });

  test('is over at once when nothing more comes, and silent when it is stopped', async () => {
    const { pace, sequences } = start(1);
    for (let n = 1; n <= 3; n++) pace.put(message(n, `k${n}`));
    pace.flush();
    expect(sequences()).toEqual([1, 2, 3]);
    pace.put(message(4));
    pace.stop();
    pace.put(message(5));
    await setTimeout(20);
    expect(sequences()).toEqual([1, 2, 3]);
  });
});

test('a rate is a number of messages a second', () => {
  expect(readRate(0.01)).toBe(0.01);
  expect(readRate(10_000)).toBe(10_000);
  for (const wrong of [0, -1, 10_001, Number.NaN, '5', 'x', {}, [], null, true]) {
    expect(() => readRate(wrong)).toThrow('expected messages a second, 0.01 to 10000');
  }
});
