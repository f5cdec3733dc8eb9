import { request as httpRequest, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

interface Received {
  status: number | undefined;
  headers: IncomingMessage['headers'];
  bytes: Buffer;
}

function post(
  { url }: Federation,
  body: string | readonly string[],
  headers: Record<string, string> = {},
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }),
      );
    });
    if (typeof body === 'string') request.end(body);
    else {
      for (const part of body) request.write(part);
      request.end();
    }
  });
}

const books = JSON.stringify({
  query: '{ books { id title pages tags author { name } similar { title } } }',
});

describe.each([true, false])('HTTP, with the direct way: %s', (directWay) => {
  let usual: Federation;
  let special: Federation;
  beforeAll(async () => {
    usual = await startFederation(library, {
      settings: { directWay, maxBodyBytes: 2_048, compression: { minBytes: 400 } },
    });
    special = await startFederation(library, {
      settings: {
        directWay,
        compression: { enabled: false },
        batching: { enabled: true, maxOperations: 3 },
        persistedQueryCharacters: 10,
      },
    });
  });
  afterAll(async () => {
    await usual?.[Symbol.asyncDispose]();
    await special?.[Symbol.asyncDispose]();
  });

  describe('compression', () => {
    test.each<[string, string | undefined, (bytes: Buffer) => Buffer]>([
      ['gzip', 'gzip', gunzipSync],
      ['gzip, deflate, br, zstd', 'zstd', zstdDecompressSync],
      ['gzip;q=1, br;q=0.5', 'gzip', gunzipSync],
      ['gzip, br', 'br', brotliDecompressSync],
      ['*', 'zstd', zstdDecompressSync],
      ['gzip;q=0', undefined, (bytes) => bytes],
      ['deflate', undefined, (bytes) => bytes],
      ['identity', undefined, (bytes) => bytes],
    ])('for who accepts %s', async (accept, encoding, decode) => {
      const plain = await post(usual, books);
      expect(plain.headers).not.toHaveProperty('content-encoding');
      for (let i = 0; i < 2; i++) {
        const { headers, bytes } = await post(usual, books, { 'accept-encoding': accept });
        expect(headers['content-encoding']).toBe(encoding);
        expect(headers).toMatchObject({ vary: 'accept-encoding', 'content-length': String(bytes.length) });
        expect(decode(bytes)).toEqual(plain.bytes);
      }
    });

    test('only of what is long, and only where it is wanted', async () => {
      const short = await post(usual, '{"query":"{ __typename }"}', { 'accept-encoding': 'gzip' });
      expect(short.headers).not.toHaveProperty('vary');
      expect(short.bytes.toString()).toBe('{"data":{"__typename":"Query"}}');
      const off = await post(special, books, { 'accept-encoding': 'gzip' });
      expect(off.headers).not.toHaveProperty('content-encoding');
      expect(off.headers).not.toHaveProperty('vary');
    });
  });

  describe('a body', () => {
    test('is refused when it is too long, also when its length was not said', async () => {
      const parts = ['{"query":"{ books { id } }","x":"', 'x'.repeat(1_500), 'x'.repeat(1_500), '"}'];
      const { status, headers, bytes } = await post(usual, parts, { 'transfer-encoding': 'chunked' });
      expect([status, headers.connection]).toEqual([413, 'close']);
      expect(JSON.parse(bytes.toString())).toMatchObject({
        errors: [{ extensions: { code: 'BAD_REQUEST' } }],
      });
    });

    test('may come in parts, also in the middle of a letter', async () => {
      const text = Buffer.from(JSON.stringify({ query: '{ echo(filter: { words: ["кольцо"] }) }' }));
      const half = text.indexOf('ь') + 1;
      const request = httpRequest(`${usual.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      });
      const answer = new Promise<string>((resolve, reject) => {
        request.on('error', reject);
        request.on('response', (response) => {
          let received = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            received += chunk;
          });
          response.on('end', () => resolve(received));
        });
      });
      await new Promise((resolve) => request.write(text.subarray(0, half), resolve));
      request.end(text.subarray(half));
      expect(await answer).toContain('кольцо');
    });

    test('is not read when it is compressed', async () => {
      expect((await post(usual, books, { 'content-encoding': 'gzip' })).status).toBe(415);
    });
  });

  describe('several operations in one request', () => {
    const list = (length: number) => JSON.stringify(Array.from({ length }, () => JSON.parse(books)));

    test('are refused unless they are allowed', async () => {
      const { status, bytes } = await post(usual, list(1));
      expect(status).toBe(400);
      expect(JSON.parse(bytes.toString())).toMatchObject({
        errors: [{ extensions: { code: 'BAD_REQUEST' } }],
      });
    });

    test('are answered in their order, wrong ones too', async () => {
      const asked = ['{ book(id: "b1") { title } }', '{ nothing }', '{ book(id: "b2") { title } }'];
      const { status, bytes } = await post(special, JSON.stringify(asked.map((query) => ({ query }))));
      expect(status).toBe(200);
      expect(JSON.parse(bytes.toString())).toMatchObject([
        { data: { book: { title: 'Emeralds' } } },
        { errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
        { data: { book: { title: 'Rubies' } } },
      ]);
    });

    test('are as many as are allowed', async () => {
      expect((await post(special, list(3))).status).toBe(200);
      const { status, bytes } = await post(special, list(4));
      expect(status).toBe(200);
      expect(JSON.parse(bytes.toString())).toMatchObject({
        errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }],
      });
      const response = await post(special, list(4), { accept: 'application/graphql-response+json' });
      expect(response.status).toBe(400);
    });
  });
});
