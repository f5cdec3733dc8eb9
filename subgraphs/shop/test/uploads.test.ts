import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ShopService } from '../src/build.ts';
import {
  type Ask,
  announce,
  asking,
  behindGateway,
  put,
  ServedShop,
  someBytes,
  uploadedModel,
} from './served-shop.ts';

let served: ServedShop;
let shop: ShopService;
let anna: Ask;

beforeAll(async () => {
  served = new ServedShop();
  shop = await served.open();
  anna = asking(shop, 'anna');
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

async function modelOf(id: string) {
  const { data } = await anna(
    'query ($id: ID!) { model(id: $id) { sha256 bytes filename uploadedAt downloadUrl } }',
    { id },
  );
  return data!.model;
}

/** A client that says what it likes about its length, and stops when it likes. */
function rawPut(
  url: string,
  headers: string[],
  body: Buffer,
): Promise<{ answer: Promise<string>; stop: () => void }> {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`PUT ${pathname} HTTP/1.1\r\nhost: x\r\n${headers.join('\r\n')}\r\n\r\n`);
      socket.write(body);
      const answer = new Promise<string>((done) => {
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.once('close', () => done(text));
      });
      resolve({ answer, stop: () => socket.destroy() });
    });
    socket.once('error', reject);
  });
}

describe('an upload', () => {
  test('is announced, arrives, and can be read back under a signed link', async () => {
    const bytes = someBytes(300_000);
    const announced = await announce(anna, bytes.length, '../кольцо "1".stl');
    expect(announced).toMatchObject({
      model: { filename: 'кольцо "1".stl', sha256: null, downloadUrl: null },
    });
    expect(announced.uploadUrl).toMatch(/^https:\/\/jewels\.example\/uploads\/[A-Za-z0-9_-]{43}$/);
    expect(Date.parse(announced.expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await put(shop, announced.uploadUrl, bytes)).toEqual({
      status: 201,
      body: { sha256, bytes: bytes.length },
    });

    const model = await modelOf(announced.model.id);
    expect(model).toMatchObject({ sha256, bytes: bytes.length, uploadedAt: expect.any(String) });
    const link = behindGateway(shop, model.downloadUrl);
    const response = await fetch(link);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="______ _1_.stl"; filename*=UTF-8''${encodeURIComponent('кольцо "1".stl')}`,
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const forged = await fetch(link.replace(/signature=./, 'signature=_'));
    expect([forged.status, await forged.json()]).toMatchObject([403, { error: { code: 'LINK_INVALID' } }]);
  });

  test('is refused when it announces nothing, too much, or comes from staff or nobody', async () => {
    expect(await announce(anna, 0)).toMatchObject({ code: 'FILE_EMPTY' });
    expect(await announce(anna, 1_000_001)).toMatchObject({ code: 'FILE_TOO_LARGE' });
    expect(await announce(asking(shop, 'olga', 'operator'), 10)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await announce(asking(shop, null), 10)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('counts once, also of two at the same time', async () => {
    const { uploadUrl } = await announce(anna, 1_000);
    const both = await Promise.all(
      [put(shop, uploadUrl, someBytes(1_000)), put(shop, uploadUrl, someBytes(1_000, 2))].map((p) =>
        p.catch(() => null),
      ),
    );
    expect(both.filter((answer) => answer?.status === 201)).toHaveLength(1);
    expect(await put(shop, uploadUrl, someBytes(1_000))).toMatchObject({
      status: 409,
      body: { error: { code: 'UPLOAD_USED' } },
    });
  });

  test('must have exactly the announced size, and can be tried again', async () => {
    const { uploadUrl, model } = await announce(anna, 100_000);
    expect(await put(shop, uploadUrl, someBytes(99_999))).toMatchObject({
      status: 400,
      body: { error: { code: 'SIZE_MISMATCH' } },
    });
    expect(await put(shop, uploadUrl, someBytes(900_000))).toMatchObject({
      status: 413,
      body: { error: { code: 'SIZE_MISMATCH' } },
    });
    const chunked = ['transfer-encoding: chunked', 'connection: close'];
    const url = behindGateway(shop, uploadUrl);
    const chunk = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]);
    const short = await rawPut(url, chunked, chunk(someBytes(99_999)));
    expect(await short.answer).toMatch(/^HTTP\/1\.1 400[\s\S]*SIZE_MISMATCH/);
    const long = await rawPut(url, chunked, chunk(someBytes(100_001)));
    expect(await long.answer).toMatch(/^HTTP\/1\.1 413[\s\S]*SIZE_MISMATCH/);
    expect(await modelOf(model.id)).toMatchObject({ sha256: null });
    expect((await put(shop, uploadUrl, someBytes(100_000))).status).toBe(201);
  });

  test('is tried again after it was broken off, or hangs', async () => {
    const { uploadUrl, model } = await announce(anna, 100_000);
    const url = behindGateway(shop, uploadUrl);
    const arriving = async (files: number) => {
      while ((await readdir(join(served.folder, 'incoming'))).length !== files) await sleep(10);
    };
    const broken = await rawPut(url, ['content-length: 100000'], someBytes(50_000));
    await arriving(1);
    broken.stop();
    await arriving(0);
    const hanging = await rawPut(url, ['content-length: 100000'], someBytes(50_000));
    await arriving(1);
    expect((await put(shop, uploadUrl, someBytes(100_000))).status).toBe(201);
    await hanging.answer; // which the second has cut
    expect((await modelOf(model.id)).sha256).toBe(
      createHash('sha256').update(someBytes(100_000)).digest('hex'),
    );
  });

  test('waits for a place while others of its account arrive slowly, which holds up nobody else', async () => {
    const arriving = async (files: number) => {
      while ((await readdir(join(served.folder, 'incoming'))).length !== files) await sleep(10);
    };
    const begin = async () => {
      const { uploadUrl } = await announce(anna, 1_000);
      return rawPut(behindGateway(shop, uploadUrl), ['content-length: 1000'], someBytes(10));
    };
    const slow = await Promise.all(Array.from({ length: 32 }, begin));
    await arriving(32);
    const { uploadUrl } = await announce(anna, 10);
    const waiting = put(shop, uploadUrl, someBytes(10));
    expect(await uploadedModel(shop, asking(shop, 'bob'))).toEqual(expect.any(String));
    slow.pop()!.stop();
    expect((await waiting).status).toBe(201);
    for (const { stop } of slow) stop();
    await arriving(0);
  });

  test('runs out', async () => {
    const { uploadUrl } = await announce(anna, 10);
    await shop.database.em().execute(`update uploads set expires_at = now() - interval '1 second'`);
    expect(await put(shop, uploadUrl, someBytes(10))).toMatchObject({
      status: 410,
      body: { error: { code: 'UPLOAD_EXPIRED' } },
    });
    expect(await put(shop, `https://jewels.example/uploads/${'x'.repeat(43)}`, someBytes(10))).toMatchObject({
      status: 404,
      body: { error: { code: 'UPLOAD_UNKNOWN' } },
    });
  });

  test('keeps no token', async () => {
    const { uploadUrl } = await announce(anna, 10);
    const rows = await shop.database.em().execute('select * from uploads');
    expect(JSON.stringify(rows)).not.toContain(uploadUrl.split('/').at(-1));
  });
});
