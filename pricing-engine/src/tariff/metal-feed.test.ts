import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { MetalFeed } from './metal-feed.ts';

const folder = mkdtempSync(join(tmpdir(), 'metals-'));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const fixing = (day: string, gold: number) => ({
  asOf: day,
  validFrom: `${day}T15:00:00+03:00`,
  minorPerGram: { GOLD: gold },
});
const hour = 3_600_000;

async function open(source: string, name: string) {
  const refused: string[] = [];
  const feed = await MetalFeed.open({
    source,
    history: join(folder, `${name}-history.json`),
    everyMs: hour,
    maxAgeMs: 48 * hour,
    onRefused: (error) => refused.push(error.message),
  });
  return { feed, refused };
}

test('a file is read again; what it said before is kept, so that old prices can be computed again', async () => {
  const file = join(folder, 'feed.json');
  const put = (...fixings: object[]) => writeFileSync(file, JSON.stringify({ fixings }));
  put(fixing('2026-11-18', 1_180_000), fixing('2026-11-19', 1_190_000));
  const { feed, refused } = await open(file, 'file');
  const gold = (at: string) => feed.at(new Date(at))?.fixing.minorPerGram.GOLD;
  expect(gold('2026-11-19T15:00:00+03:00')).toBe(1_190_000);
  expect(gold('2026-11-19T14:59:59+03:00')).toBe(1_180_000);
  expect(gold('2026-11-18T00:00:00Z')).toBeUndefined();

  put(fixing('2026-11-20', 1_200_000)); // a feed of the last day only
  await feed.refresh();
  expect(gold('2026-11-22T00:00:00Z')).toBe(1_200_000);
  expect(gold('2026-11-18T20:00:00Z')).toBe(1_180_000);
  expect(feed.at(new Date('2026-11-22T11:00:00Z'))!.isStale).toBe(false);
  expect(feed.at(new Date('2026-11-22T13:00:00Z'))!.isStale).toBe(true);

  put(fixing('2026-11-20', 1_210_000)); // history rewritten
  await feed.refresh();
  put(fixing('2026-11-21', 12_000_000)); // ten times: a lost decimal point
  await feed.refresh();
  writeFileSync(file, '{"fixings": [');
  await feed.refresh();
  expect(refused).toEqual([
    expect.stringContaining('is known otherwise'),
    expect.stringContaining('GOLD leaps from 1200000 to 12000000'),
    expect.stringContaining('expected JSON'),
  ]);
  expect(gold('2026-11-23T00:00:00Z')).toBe(1_200_000);
  await feed[Symbol.asyncDispose]();

  rmSync(file);
  const later = await open(file, 'file');
  expect(later.feed.at(new Date('2026-11-18T20:00:00Z'))!.fixing.minorPerGram.GOLD).toBe(1_180_000);
  expect(later.refused).toEqual([expect.stringContaining('ENOENT')]);
  await later.feed[Symbol.asyncDispose]();
  expect(JSON.parse(readFileSync(join(folder, 'file-history.json'), 'utf8')).fixings).toHaveLength(3);
});

test('an address is asked; what answers too much, or not well, is refused', async () => {
  const answers = [
    [200, JSON.stringify({ fixings: [fixing('2026-11-20', 1_200_000)] })],
    [500, 'no'],
    [200, 'x'.repeat(2_000_000)],
  ] as const;
  let asked = 0;
  const server = createServer((_, response) => {
    const [status, body] = answers[asked++]!;
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { feed, refused } = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 'url');
  await feed.refresh();
  await feed.refresh();
  expect(feed.at(new Date('2026-11-21T00:00:00Z'))!.fixing.minorPerGram).toEqual({ GOLD: 1_200_000 });
  expect(refused).toEqual([
    expect.stringContaining('answered 500'),
    expect.stringContaining('expected at most 1048576 bytes'),
  ]);
  await feed[Symbol.asyncDispose]();
});
