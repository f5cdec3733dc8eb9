import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serverBinary, startNats, startRedis } from '../../../e2e/harness/servers.ts';
import { openPorts, type PortsEnvironment } from '../src/open-ports.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
let DATA_DIR: string;
beforeEach(async () => {
  DATA_DIR = await mkdtemp(join(tmpdir(), 'ports-'));
});
afterEach(() => rm(DATA_DIR, { recursive: true }));

/** Uses each port once, in one life, and looks in the next one for what must have outlived it. */
async function outlives(environment: PortsEnvironment): Promise<void> {
  const first = await openPorts(environment, quiet);
  await first.bus.ensureStreams([
    {
      name: 'S',
      subjects: ['s.*'],
      kind: 'log',
      maxAgeMs: 60_000,
      maxMessages: 10,
      duplicateWindowMs: 1_000,
    },
  ]);
  await first.bus.publish('s.a', { i: 1 }, { messageId: '1' });
  await first.cache.set('k', 'v', 60_000);
  expect(await first.cache.get('k')).toBe('v');
  const stored = await first.files.put(Readable.from([Buffer.from('a model')]), { maxBytes: 100 });
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();

  await using second = await openPorts(environment, quiet);
  await using subscription = await second.bus.subscribe(['s.*'], { from: 'oldest' });
  const { value } = await subscription[Symbol.asyncIterator]().next();
  expect(value.payload).toEqual({ i: 1 });
  expect((await buffer((await second.files.get(stored.sha256))!)).toString()).toBe('a model');
}

test('without any URL everything is embedded, and bus and files outlive the process', async () => {
  await outlives({ DATA_DIR });
});

test('a second process over the same folder is refused', async () => {
  await using _first = await openPorts({ DATA_DIR }, quiet);
  await expect(openPorts({ DATA_DIR }, quiet)).rejects.toThrow('another process is using the journal');
});

test('what was opened before a failure is closed', async () => {
  await writeFile(join(DATA_DIR, 'files'), 'in the way');
  await expect(openPorts({ DATA_DIR }, quiet)).rejects.toThrow('ENOTDIR');
  await rm(join(DATA_DIR, 'files'));
  await expect(openPorts({ DATA_DIR, REDIS_URL: 'nonsense' }, quiet)).rejects.toThrow('expected a URL');
  await (await openPorts({ DATA_DIR }, quiet))[Symbol.asyncDispose]();
});

const both = serverBinary('nats-server') && serverBinary('redis-server');
(both ? describe : describe.skip)('with URLs', () => {
  test('the servers are used', async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    await outlives({ DATA_DIR, NATS_URL: nats.url, REDIS_URL: redis.url });
  });
});
