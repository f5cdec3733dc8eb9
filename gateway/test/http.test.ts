import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
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

  test('a gateway that ends answers what has come, and keeps no connection for more', async () => {
    const ending = await startFederation(library, { settings: { directWay } });
    await ending.ask('{ book(id: "b1") { title } }');
    const { hostname, port } = new URL(ending.url);
    const held = Promise.withResolvers<undefined>();
    const arrived = Promise.withResolvers<void>();
    ending.subgraphs.catalogue!.intercept = () => {
      arrived.resolve();
      return held.promise;
    };
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    const body = '{"query":"{ book(id: \\"b1\\") { title } }"}';
    const ask = () =>
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    ask();
    await arrived.promise;
    const ended = ending[Symbol.asyncDispose]();
    // It has stopped to listen.
    await expect(fetch(`${ending.url}/health/live`)).rejects.toThrow();
    ask();
    held.resolve(undefined);
    await once(socket, 'close');
    await ended;
    const answers = received.split('HTTP/1.1 200 OK').slice(1);
    expect(answers).toHaveLength(2);
    for (const answer of answers) expect(answer).toContain('Emeralds');
    expect(answers[1]!.toLowerCase()).toContain('connection: close');
  });
});
