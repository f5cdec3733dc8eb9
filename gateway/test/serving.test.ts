import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

let federation: Federation;
let folder: string;
let behind: Server;
const seen: { method: string; url: string; headers: IncomingHttpHeaders; bytes: number }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-pages-'));
  mkdirSync(join(folder, 'shop'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'shop', 'index.html'), '<h1>Shop</h1>');
  writeFileSync(join(folder, 'assets', 'main-1a2b3c4d.js'), 'main()');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  behind = createServer(async (request, response) => {
    let bytes = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length;
    } catch {
      return; // the gateway has cut the body
    }
    seen.push({ method: request.method!, url: request.url!, headers: request.headers, bytes });
    response.writeHead(201, { 'x-answer': 'yes', 'keep-alive': 'timeout=9' }).end(`${bytes}`);
  });
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
  federation = await startFederation(library, {
    settings: {
      pages: [
        { path: '/shop', directory: join(folder, 'shop') },
        { path: '/assets', directory: join(folder, 'assets') },
        { path: '/own', directory: join(folder, 'shop'), loopbackOnly: true },
        { path: '/nothing', directory: join(folder, 'nothing') },
      ],
      home: '/shop',
      playground: '/playground',
      cors: { origins: ['https://partner.example'] },
      maxBodyBytes: 2_048,
      proxies: [
        {
          prefix: '/uploads',
          target: `http://127.0.0.1:${(behind.address() as AddressInfo).port}/base`,
          maxBodyBytes: 100_000,
        },
      ],
    },
  });
});
afterAll(async () => {
  await federation?.[Symbol.asyncDispose]();
  behind?.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init: RequestInit = {}) =>
  fetch(federation.url + path, { redirect: 'manual', ...init });

describe('pages', () => {
  test('are their folder, and their own addresses are the page', async () => {
    for (const path of ['/shop', '/shop/', '/shop/orders/5?tab=1']) {
      const response = await get(path);
      expect([path, response.status, await response.text()]).toEqual([path, 200, '<h1>Shop</h1>']);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
    expect((await get('/')).headers.get('location')).toBe('/shop');
  });

  test('keep what has a hash in its name', async () => {
    const response = await get('/assets/main-1a2b3c4d.js');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(await response.text()).toBe('main()');
  });

  test('that are for this machine only know no other name of it', async () => {
    const statusFor = (path: string, host: string) =>
      new Promise((resolve) => {
        httpRequest(federation.url + path, { headers: { host } }, (response) =>
          resolve(response.resume().statusCode),
        ).end();
      });
    for (const host of ['localhost', 'localhost:4000', 'LOCALHOST', '127.0.0.1:4000', '[::1]:4000']) {
      expect([host, await statusFor('/own/index.html', host)]).toEqual([host, 200]);
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'x@localhost']) {
      expect([host, await statusFor('/own/index.html', host)]).toEqual([host, 404]);
      expect(await statusFor('/own', host)).toBe(404);
      expect(await statusFor('/shop', host)).toBe(200);
    }
  });

  test.each([
    '/shop/missing.js',
    '/nothing',
    '/elsewhere',
    '/shop/../secret.txt',
    '/shop/%2e%2e/secret.txt',
    '/shop/..%2fsecret.txt',
  ])('do not have %s', async (path) => {
    const status = await new Promise((resolve) => {
      httpRequest(`${federation.url}/`, { path }, (response) => resolve(response.resume().statusCode)).end();
    });
    expect(status).toBe(404);
  });
});

describe('what is passed on', () => {
  test('is streamed, without identity and without what belongs to the connection', async () => {
    const response = await get('/uploads/a%20b?token=1', {
      method: 'PUT',
      body: 'x'.repeat(50_000),
      headers: { authorization: 'Bearer x', cookie: 'a=b', 'x-gateway-context': 'forged', 'x-kept': 'yes' },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(await response.text()).toBe('50000');
    const request = seen.at(-1)!;
    expect(request).toMatchObject({ method: 'PUT', url: '/base/uploads/a%20b?token=1', bytes: 50_000 });
    expect(request.headers).toMatchObject({
      'x-kept': 'yes',
      'x-forwarded-for': '127.0.0.1',
      traceparent: expect.anything(),
    });
    for (const name of ['authorization', 'cookie', 'x-gateway-context'])
      expect(request.headers).not.toHaveProperty(name);
  });

  test('has a limit, whether its length is said or not', async () => {
    expect((await get('/uploads/a', { method: 'PUT', body: 'x'.repeat(100_001) })).status).toBe(413);
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(10_000));
      },
    });
    const outcome = await get('/uploads/a', {
      method: 'PUT',
      body: endless,
      duplex: 'half',
    } as RequestInit).then(
      ({ status }) => status,
      () => 'cut',
    );
    expect([413, 'cut']).toContain(outcome);
  });

  test('is only what is below the prefix', async () => {
    expect((await get('/uploadsomething')).status).toBe(404);
  });
});

describe('/graphql', () => {
  test('leads a browser to the playground, with its question', async () => {
    const response = await get('/graphql?query=%7Ba%7D', { headers: { accept: 'text/html,*/*' } });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/playground?query=%7Ba%7D']);
  });

  test('answers queries by GET, and no mutations', async () => {
    const query = await get(`/graphql?query=${encodeURIComponent('{ book(id: "b1") { title } }')}`);
    expect(await query.json()).toEqual({ data: { book: { title: 'Emeralds' } } });
    const mutation = await get(`/graphql?query=${encodeURIComponent('mutation { again(id: "b1") { id } }')}`);
    expect(mutation.status).toBe(405);
  });

  test.each([
    ['another hash', { version: 1, sha256Hash: 'abc' }],
    ['another version', { version: 9, sha256Hash: 'abc' }],
  ])('refuses a persisted query of %s as a bad request', async (_, persistedQuery) => {
    const response = await get('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery } }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test('reads JSON of a bounded size only', async () => {
    const post = (body: string, type = 'application/json') =>
      get('/graphql', { method: 'POST', body, headers: { 'content-type': type } }).then(
        ({ status }) => status,
      );
    expect(await post('{"query":"{ books { id } }"}')).toBe(200);
    expect(await post('{"query":"{ books { id } }"}', 'text/plain')).toBe(415);
    expect(await post('nonsense')).toBe(400);
    expect(await post(`{"query":"{ books { id } }","x":"${'x'.repeat(3_000)}"}`)).toBe(413);
    expect(await post('[{"query":"{ books { id } }"}]')).toBe(400);
  });

  test('lets only known origins ask', async () => {
    const preflight = (origin: string) =>
      get('/graphql', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
    const known = await preflight('https://partner.example');
    expect(known.headers.get('access-control-allow-origin')).toBe('https://partner.example');
    expect(known.headers.get('access-control-allow-headers')).toBe('authorization');
    expect((await preflight('https://other.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('health and metrics', async () => {
  expect((await get('/health/live')).status).toBe(200);
  expect(await (await get('/health/ready')).json()).toEqual({
    ready: true,
    checks: { running: true, supergraph: true },
  });
  expect(await (await get('/metrics')).text()).toContain('gateway_sockets');
  expect((await get('/metrics', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(403);
});

test('a connection that was opened in advance does not hold up the end', async () => {
  const other = await startFederation(library);
  const { hostname, port } = new URL(other.url);
  const idle = connect(Number(port), hostname);
  await once(idle, 'connect');
  await fetch(`${other.url}/health/live`); // by now the server knows of both
  const gone = once(idle, 'close');
  const since = performance.now();
  await other[Symbol.asyncDispose]();
  await gone;
  expect(performance.now() - since).toBeLessThan(10_000); // Node alone waits for 30 seconds
});
