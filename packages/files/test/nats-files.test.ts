import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Objm } from '@nats-io/obj';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { serverBinary, startNats, type TestServer } from '../../../e2e/harness/servers.ts';
import { openNatsFiles } from '../src/nats.ts';
import { sweepBucket } from '../src/sweep-bucket.ts';
import { quiet } from './quiet.ts';

const mebibyte = 1_048_576;

(serverBinary('nats-server') ? describe : describe.skip)('files in a NATS object store', () => {
  let server: TestServer;
  let connection: NatsConnection;
  let manager: JetStreamManager;
  beforeAll(async () => {
    server = await startNats();
    connection = await connect({ servers: server.url });
    manager = await jetstreamManager(connection);
  });
  afterAll(async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  });
  const open = (bucket: string, maxBytes?: number) =>
    openNatsFiles({ url: server.url, name: 'files', bucket, maxBytes, log: quiet });

  test('a full store says so and keeps nothing', async () => {
    await using files = await open('small', mebibyte);
    const bytes = randomBytes(2 * mebibyte);
    const put = files.put(Readable.from([bytes]), { maxBytes: 4 * mebibyte });
    await expect(put).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect((await manager.streams.info('OBJ_small')).state.messages).toBe(0);
    await files.put(Readable.from([bytes.subarray(0, 1_000)]), { maxBytes: mebibyte });
  });

  test('what a crash cut off is swept when it is old, and nothing else', async () => {
    await using files = await open('swept');
    const store = await new Objm(jetstream(connection)).open('swept');
    const kept = await files.put(Readable.from([randomBytes(300_000)]), { maxBytes: mebibyte });
    await store.putBlob({ name: 'incoming-of-a-dead-process' }, randomBytes(300_000));
    await jetstream(connection).publish('$O.swept.C.ofadeadprocess', randomBytes(100));
    expect(await sweepBucket(manager, 'swept')).toBe(0);
    expect(await sweepBucket(manager, 'swept', -1)).toBe(3);
    expect(await sweepBucket(manager, 'swept', -1)).toBe(0);
    expect(await buffer((await files.get(kept.sha256))!)).toHaveLength(300_000);
  });

  test('files are objects for every other client of the store', async () => {
    await using files = await open('shared');
    const bytes = randomBytes(300_000);
    const { sha256 } = await files.put(Readable.from([bytes]), { maxBytes: mebibyte });
    const store = await new Objm(jetstream(connection)).open('shared');
    expect(Buffer.from((await store.getBlob(sha256))!).equals(bytes)).toBe(true);
    expect((await store.list()).map(({ name }) => name)).toEqual([sha256]);
  });

  test('a file is read to its end across an outage, and calls do not wait for ever', async () => {
    await using files = await open('outage');
    const bytes = randomBytes(2 * mebibyte);
    const { sha256 } = await files.put(Readable.from([bytes]), { maxBytes: 4 * mebibyte });
    const reading = await files.get(sha256);
    const pieces: Buffer[] = [];
    for await (const piece of reading!) {
      pieces.push(piece);
      if (pieces.length === 3) {
        await server.kill();
        setTimeout(() => void server.start(), 300);
      }
    }
    expect(createHash('sha256').update(Buffer.concat(pieces)).digest('hex')).toBe(sha256);
    await server.kill();
    await expect(files.has(sha256)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const put = files.put(Readable.from([bytes]), { maxBytes: 4 * mebibyte });
    await expect(put).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await server.start();
  });
});
