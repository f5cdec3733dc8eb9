import { createHash, randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Files } from '../src/files.ts';

/** A first client, and another one as far from it as the adapter allows. */
export interface FilesUnderTest extends AsyncDisposable {
  files: Files;
  other: Files;
  /** How many files there are, unfinished ones included. */
  count(): Promise<number>;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const mebibyte = 1_048_576;

/** The behaviour of every files adapter, whatever is behind it. */
export function filesContract(name: string, start: () => Promise<FilesUnderTest>): void {
  describe(name, () => {
    let under: FilesUnderTest;
    let files: Files;
    let other: Files;
    beforeAll(async () => {
      under = await start();
      ({ files, other } = under);
    });
    afterAll(async () => {
      await under[Symbol.asyncDispose]();
    });

    test.each([0, 1, 100_000, 3 * mebibyte + 17])('gives back %d bytes as they came', async (length) => {
      const bytes = randomBytes(length);
      const pieces = Array.from({ length: Math.ceil(length / 50_000) }, (_, i) =>
        bytes.subarray(i * 50_000, (i + 1) * 50_000),
      );
      const stored = await files.put(Readable.from(pieces), { maxBytes: 4 * mebibyte });
      expect(stored).toEqual({ sha256: sha256(bytes), bytes: length });
      expect(await other.has(stored.sha256)).toBe(true);
      const read = await buffer((await other.get(stored.sha256))!);
      expect(read.equals(bytes)).toBe(true);
    });

    test('the same bytes are one file, also when they come at once', async () => {
      const bytes = randomBytes(200_000);
      const before = await under.count();
      const puts = [files, other, files, other].map((one) =>
        one.put(Readable.from([bytes]), { maxBytes: mebibyte }),
      );
      const stored = await Promise.all(puts);
      expect(new Set(stored.map((file) => file.sha256))).toEqual(new Set([sha256(bytes)]));
      expect(await under.count()).toBe(before + 1);
      expect((await buffer((await files.get(sha256(bytes)))!)).equals(bytes)).toBe(true);
    });

    test('nothing is kept of what is too large, even by one byte', async () => {
      const bytes = randomBytes(300_001);
      const before = await under.count();
      const large = files.put(Readable.from([bytes.subarray(0, 150_000), bytes.subarray(150_000)]), {
        maxBytes: 300_000,
      });
      await expect(large).rejects.toMatchObject({ code: 'TOO_LARGE' });
      expect(await files.has(sha256(bytes))).toBe(false);
      expect(await under.count()).toBe(before);
      await files.put(Readable.from([bytes]), { maxBytes: 300_001 });
    });

    test('nothing is kept of an upload that breaks off', async () => {
      const before = await under.count();
      const upload = new PassThrough();
      const put = files.put(upload, { maxBytes: mebibyte });
      upload.write(randomBytes(200_000));
      upload.destroy(new Error('the client has gone'));
      await expect(put).rejects.toThrow('the client has gone');
      expect(await under.count()).toBe(before);
    });

    test('what is not there is null, and what is deleted is not there', async () => {
      const missing = sha256(randomBytes(10));
      expect(await files.get(missing)).toBe(null);
      expect(await files.has(missing)).toBe(false);
      await files.delete(missing);
      const stored = await files.put(Readable.from([randomBytes(1_000)]), { maxBytes: mebibyte });
      await other.delete(stored.sha256);
      expect(await files.has(stored.sha256)).toBe(false);
      expect(await files.get(stored.sha256)).toBe(null);
    });

    test('a name that is no sha256 is refused', async () => {
      for (const wrong of ['', '../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63)]) {
        await expect(files.get(wrong)).rejects.toThrow('expected a sha256');
        await expect(files.has(wrong)).rejects.toThrow('expected a sha256');
        await expect(files.delete(wrong)).rejects.toThrow('expected a sha256');
      }
    });

    test('a reader that leaves half-way holds nothing up', async () => {
      const stored = await files.put(Readable.from([randomBytes(2 * mebibyte)]), { maxBytes: 4 * mebibyte });
      for await (const piece of (await files.get(stored.sha256))!) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(await buffer((await files.get(stored.sha256))!)).toHaveLength(2 * mebibyte);
    });
  });
}
