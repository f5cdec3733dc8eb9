import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Bus, ConsumeOptions, StreamDefinition } from '../src/bus.ts';
import { openLocalBus } from '../src/local.ts';
import { take, until } from './bus-contract.ts';
import { quiet } from './quiet.ts';

const common = { maxAgeMs: 3_600_000, maxMessages: 100_000, duplicateWindowMs: 60_000 };
const log: StreamDefinition = { name: 'LOG', subjects: ['log.*'], kind: 'log', ...common };
const work: StreamDefinition = { name: 'WORK', subjects: ['work.*'], kind: 'work', ...common };
const dead: StreamDefinition = { name: 'DEAD_LETTERS', subjects: ['dead.>'], kind: 'log', ...common };
const worker: ConsumeOptions = {
  stream: 'WORK',
  durable: 'worker',
  concurrency: 8,
  maxDeliveries: 3,
  backoffMs: [10],
};

let folder: string;
let journal: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bus-'));
  journal = join(folder, 'journal');
});
afterEach(() => rm(folder, { recursive: true }));

const open = (maxJournalBytes = 200_000) => openLocalBus({ log: quiet, journal, maxJournalBytes });
const numberOf = ({ payload }: { payload: unknown }) => (payload as { i: number }).i;

/** Runs the crashing process until it has said `lines` lines and `last` among them, kills it, returns all it said. */
async function crash(lines: number, last?: string): Promise<string[]> {
  const script = fileURLToPath(new URL('local-crash-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, journal], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    said.push(line);
    if (said.length >= lines && (last === undefined || said.includes(last))) child.kill('SIGKILL');
  });
  await Promise.all([once(child, 'close'), once(reader, 'close')]);
  expect(child.signalCode).toBe('SIGKILL');
  return said;
}

const numbers = (said: string[], verb: string) =>
  said.filter((line) => line.startsWith(`${verb} `)).map((line) => Number(line.split(' ')[1]));

test('a kill -9 loses nothing that was confirmed, and gives out again what was not acknowledged', async () => {
  const said = [...(await crash(3_000, 'stuck 1')), ...(await crash(100, 'stuck 2'))];
  const logged = numbers(said, 'logged');
  const queued = numbers(said, 'queued');
  const handledBefore = new Set(numbers(said, 'handled'));
  expect(numbers(said, 'stuck')).toEqual([1, 2]); // the second life got it as the second attempt

  await using bus = await open();
  await bus.ensureStreams([log, work, dead]);
  const inLog = await readAll(bus, 'log.*');
  const kept = new Set(inLog.map(numberOf));
  expect(logged.filter((i) => !kept.has(i))).toEqual([]);
  expect(inLog.length).toBe(new Set(inLog.map(({ messageId }) => messageId)).size);

  const handled = new Set<number>();
  let stuck = 0;
  await using _consumption = await bus.consume(worker, async (delivery) => {
    handled.add(numberOf(delivery));
    if (numberOf(delivery) === 7) stuck = delivery.attempt;
  });
  await until(async () => {
    const { pending, inFlight } = await bus.depth('WORK', 'worker');
    return pending + inFlight === 0;
  });
  expect(queued.filter((i) => !handledBefore.has(i) && !handled.has(i))).toEqual([]);
  expect(stuck).toBe(3);
});

test('a message that kills its process ends as a dead letter', async () => {
  const first = await open();
  await first.ensureStreams([log, work, dead]);
  await first.publish('work.a', { i: 7 }, { messageId: 'killer' });
  await first[Symbol.asyncDispose]();
  for (let life = 0; life < 3; life++) await crash(50);
  await using bus = await open();
  await using letters = await bus.subscribe(['dead.*']);
  await using _consumption = await bus.consume(worker, async (delivery) => {
    expect(delivery.messageId).not.toBe('killer');
  });
  const [letter] = await take(letters, 1);
  expect(letter!.payload).toMatchObject({
    messageId: 'killer',
    attempts: 3,
    reason: 'its attempts ended without an answer',
  });
});

test('a torn last line is left out, a damaged one reported, the rest is read', async () => {
  const reports: object[] = [];
  const first = await open();
  await first.ensureStreams([log]);
  for (let i = 1; i <= 3; i++) await first.publish('log.a', { i }, { messageId: `${i}` });
  await first[Symbol.asyncDispose]();
  await truncate(journal, (await stat(journal)).size - 5);
  await appendFile(journal, '\n["message","LOG",nonsense]\n["message","LOG",9');
  await using bus = await openLocalBus({
    log: { ...quiet, error: (attributes) => reports.push(attributes) },
    journal,
  });
  expect(reports).toEqual([{ journal, damaged: 2 }]);
  expect((await readAll(bus, 'log.*')).map(numberOf)).toEqual([1, 2]);
  await bus.publish('log.a', { i: 4 }, { messageId: '4' });
  expect((await readAll(bus, 'log.*')).map(numberOf)).toEqual([1, 2, 4]);
});

test('positions, de-duplication and progress outlive the process', async () => {
  const first = await open();
  await first.ensureStreams([log, work]);
  await using before = await first.subscribe(['log.*']);
  for (let i = 1; i <= 3; i++) await first.publish('log.a', { i }, { messageId: `${i}` });
  await first.publish('work.a', { i: 1 }, { messageId: 'w1' });
  let handled = 0;
  await first.consume(worker, async () => {
    handled += 1;
  });
  await until(() => handled === 1);
  await first[Symbol.asyncDispose]();
  await expect(first.publish('log.a', 1, { messageId: 'late' })).rejects.toMatchObject({ code: 'CLOSED' });

  await using bus = await open();
  await bus.publish('log.a', { i: 3 }, { messageId: '3' });
  await bus.publish('work.a', { i: 1 }, { messageId: 'w1' });
  expect(await bus.depth('WORK', 'worker')).toEqual({ pending: 0, inFlight: 0 });
  await using after = await bus.subscribe(['log.*'], { after: before.startedAfter + 1 });
  await bus.publish('log.a', { i: 4 }, { messageId: '4' });
  expect((await take(after, 3)).map(numberOf)).toEqual([2, 3, 4]);
});

test('a position of an earlier life without its journal is gone', async () => {
  const first = await openLocalBus({ log: quiet });
  await first.ensureStreams([log]);
  await first.publish('log.a', 1, { messageId: '1' });
  await using old = await first.subscribe(['log.*']);
  await first[Symbol.asyncDispose]();
  await until(() => Date.now() > old.startedAfter);
  await using bus = await openLocalBus({ log: quiet });
  await bus.ensureStreams([log]);
  await bus.publish('log.a', 1, { messageId: '1' });
  await expect(bus.subscribe(['log.*'], { after: old.startedAfter })).rejects.toMatchObject({ code: 'GONE' });
});

test('the journal stays small while work comes and goes, and nothing is lost meanwhile', async () => {
  const bus = await open(100_000);
  await bus.ensureStreams([log, { ...work, duplicateWindowMs: 50 }]);
  let handled = 0;
  await bus.consume(worker, async () => {
    handled += 1;
  });
  const text = 'x'.repeat(1_000);
  for (let i = 1; i <= 2_000; i += 20) {
    const batch = Array.from({ length: 20 }, (_, j) => i + j);
    await Promise.all(batch.map((n) => bus.publish('work.a', { i: n, text }, { messageId: `${n}` })));
    await bus.publish('log.a', { i }, { messageId: `${i}` });
    await until(() => handled > i);
    expect((await stat(journal)).size).toBeLessThan(600_000); // of well over 2 MB written
  }
  await until(() => handled === 2_000);
  await bus[Symbol.asyncDispose]();
  await using again = await open();
  expect(await readAll(again, 'log.*')).toHaveLength(100);
  expect(await again.depth('WORK', 'worker')).toEqual({ pending: 0, inFlight: 0 });
  expect((await readFile(journal, 'utf8')).includes('"work.a"')).toBe(false);
});

test('a second process keeps away from the journal', async () => {
  const bus = await open();
  await expect(open()).rejects.toThrow('another process is using the journal');
  await bus[Symbol.asyncDispose]();
  await (await open())[Symbol.asyncDispose]();
});

/** All that a stream retains for a pattern, which must take all of its subjects. */
async function readAll(bus: Bus, pattern: string) {
  await using now = await bus.subscribe([pattern]);
  await using all = await bus.subscribe([pattern], { from: 'oldest' });
  return await take(all, now.startedAfter - all.startedAfter);
}

test('a stream of the latest has them again, also from a journal that was rewritten', async () => {
  const latest: StreamDefinition = { name: 'LATEST', subjects: ['latest.*'], kind: 'latest', ...common };
  {
    await using bus = await open(1_000);
    await bus.ensureStreams([latest]);
    for (let i = 1; i <= 50; i++) await bus.publish(`latest.${i % 2}`, { i }, { messageId: `m${i}` });
  }
  for (let life = 0; life < 2; life++) {
    await using bus = await open(1_000);
    await bus.ensureStreams([latest]);
    expect((await bus.newest('latest.*', 10)).map(numberOf).sort()).toEqual([49, 50]);
  }
});
