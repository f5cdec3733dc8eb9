import { createHash, createSecretKey } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { signToken } from '@alexandrite/auth/token';
import type { Cache } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { ApolloServer } from '@apollo/server';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

const secret = 'a secret of the tests, long enough';
const token = (sub: string, role: string, seconds: number) =>
  signToken(createSecretKey(Buffer.from(secret)), { sub, role }, seconds);

/** The same library twice: once with the direct way, once without. */
const ways: { federation: Federation; cache: Cache }[] = [];
const framed = jest.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');

beforeAll(async () => {
  for (const directWay of [true, false]) {
    const cache = openMemoryCache();
    const settings = {
      directWay,
      auth: { sharedSecret: secret },
      audiences: [{ when: { role: ['partner'] }, maximumAvailable: 1_000, restoreRate: 0.001, maxCost: 60 }],
      cors: { origins: ['https://partner.example'] },
      compression: { minBytes: 300 },
      maskErrors: true,
      limits: { maxDepth: 9 },
    };
    ways.push({ federation: await startFederation(library, { settings, ports: { cache } }), cache });
  }
});
afterAll(async () => {
  framed.mockRestore();
  for (const { federation, cache } of ways) {
    await federation[Symbol.asyncDispose]();
    await cache[Symbol.asyncDispose]();
  }
});
afterEach(() => {
  for (const { federation } of ways) {
    for (const subgraph of Object.values(federation.subgraphs)) subgraph.intercept = undefined;
  }
});

interface Asked {
  method?: string;
  search?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

interface Received {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  order: string[];
  body: string;
}

/** Masked errors name the trace, which the client may choose. */
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function send(federation: Federation, asked: Asked): Promise<Received> {
  const { method = 'POST', search = '', headers = {}, body } = asked;
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${federation.url}/graphql${search}`, {
      method,
      headers: {
        traceparent,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { date: _, ...kept } = response.headers;
        const order = response.rawHeaders.filter((_, index) => index % 2 === 0);
        const bytes = Buffer.concat(chunks).toString('base64');
        const body = kept['content-encoding'] ? bytes : Buffer.from(bytes, 'base64').toString();
        resolve({ status: response.statusCode, headers: kept, order, body });
      });
    });
    request.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  });
}

/** The third answers are of operations that are known by then. */
async function bothWays(asked: Asked): Promise<{ direct: Received; viaFrame: Received; frames: number }> {
  for (let i = 0; i < 2; i++) for (const { federation } of ways) await send(federation, asked);
  framed.mockClear();
  const direct = await send(ways[0]!.federation, asked);
  const frames = framed.mock.calls.length;
  const viaFrame = await send(ways[1]!.federation, asked);
  return { direct, viaFrame, frames };
}

const book = '{ book(id: "b1") { title author { name } } }';
const byId = 'query Book($id: ID!, $not: Boolean = false) { book(id: $id) { title pages @skip(if: $not) } }';
const two = 'query One { books { id } } query Two { authors { id } }';
const large = '{ books { title pages tags author { name born } similar { title } } }';
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const search = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters)}`;
const response = { accept: 'application/graphql-response+json' };

describe('an answer is the same to the byte whichever way it takes', () => {
  test.each<[string, 'direct' | 'frame', Asked]>([
    ['a query', 'direct', { body: { query: book } }],
    [
      'a query with nulls for all else',
      'direct',
      { body: { query: book, variables: null, extensions: null, operationName: null } },
    ],
    [
      'a query with what nobody knows',
      'direct',
      { body: { query: book, id: 7, extensions: { a: 1 }, variables: { z: 1 } } },
    ],
    ['variables', 'direct', { body: { query: byId, variables: { id: 'b2' } } }],
    ['a condition', 'direct', { body: { query: byId, variables: { id: 'b2', not: true } } }],
    ['a name', 'direct', { body: { query: two, operationName: 'Two' } }],
    ['introspection', 'direct', { body: { query: '{ __schema { queryType { name } } }' } }],
    ['a mutation', 'direct', { body: { query: 'mutation { rename(id: "b1", title: "x") { title } }' } }],
    ['a large answer, as it is', 'direct', { body: { query: large } }],
    ['a large answer, in gzip', 'direct', { body: { query: large }, headers: { 'accept-encoding': 'gzip' } }],
    [
      'a large answer, as a browser takes it',
      'direct',
      { body: { query: large }, headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } },
    ],
    [
      'a small answer, not in gzip',
      'direct',
      { body: { query: book }, headers: { 'accept-encoding': 'gzip' } },
    ],
    ['errors of a subgraph', 'direct', { body: { query: '{ fails book(id: "b1") { title } }' } }],
    ['errors that take everything away', 'direct', { body: { query: '{ failsHard }' } }],
    ['errors in lists', 'direct', { body: { query: '{ authors { id born bio } }' } }],
    ['values that do not fit', 'direct', { body: { query: '{ strict { sure { value } } }' } }],
    ['a variable that is missing', 'direct', { body: { query: byId } }],
    [
      'variables that are wrong, by the newer type',
      'direct',
      { body: { query: byId, variables: { id: [] } }, headers: response },
    ],
    [
      'charset and capitals of the content type',
      'direct',
      { body: { query: book }, headers: { 'content-type': 'Application/JSON; charset=UTF-8' } },
    ],
    ['by the newer type', 'direct', { body: { query: book }, headers: response }],
    [
      'what a client likes best',
      'direct',
      {
        body: { query: book },
        headers: { accept: 'application/graphql-response+json;q=0.5, application/json' },
      },
    ],
    [
      'what a browser accepts',
      'direct',
      { body: { query: book }, headers: { accept: 'text/html,*/*;q=0.8' } },
    ],
    ['GET', 'direct', { method: 'GET', search: search({ query: book }) }],
    [
      'GET with all there is',
      'direct',
      {
        method: 'GET',
        search: search({
          query: byId,
          operationName: 'Book',
          variables: '{"id":"b1"}',
          extensions: '{}',
          other: '1',
        }),
      },
    ],
    [
      'GET by the newer type',
      'direct',
      { method: 'GET', search: search({ query: byId, variables: '{"id":7}' }), headers: response },
    ],
    [
      'from a known origin',
      'direct',
      { body: { query: large }, headers: { origin: 'https://partner.example' } },
    ],
    [
      'from an unknown origin',
      'direct',
      { body: { query: book }, headers: { origin: 'https://other.example' } },
    ],
    ['a wrong token', 'frame', { body: { query: book }, headers: { authorization: 'Bearer nonsense' } }],
    ['no token at all', 'frame', { body: { query: book }, headers: { authorization: 'Basic x' } }],
    [
      'GET of a mutation',
      'frame',
      { method: 'GET', search: search({ query: 'mutation { rename(id: "b1", title: "x") { title } }' }) },
    ],
    [
      'GET with broken variables',
      'frame',
      { method: 'GET', search: search({ query: byId, variables: '{' }) },
    ],
    [
      'GET with variables that are a list',
      'frame',
      { method: 'GET', search: search({ query: byId, variables: '[]' }) },
    ],
    ['GET that says a thing twice', 'frame', { method: 'GET', search: `${search({ query: book })}&query=x` }],
    ['GET without a question', 'frame', { method: 'GET' }],
    [
      'GET with a content type',
      'frame',
      { method: 'GET', search: search({ query: book }), headers: { 'content-type': 'text/plain' } },
    ],
    ['another method', 'frame', { method: 'PUT', body: { query: book } }],
    ['HEAD', 'frame', { method: 'HEAD', search: search({ query: book }) }],
    ['a name that is not there', 'frame', { body: { query: two, operationName: 'Three' } }],
    ['an empty name', 'frame', { body: { query: book, operationName: '' } }],
    ['no name where one is needed', 'frame', { body: { query: two } }],
    ['a name that is no text', 'frame', { body: { query: book, operationName: 7 } }],
    ['variables that are a text', 'frame', { body: { query: byId, variables: '{}' } }],
    ['variables that are a list', 'frame', { body: { query: byId, variables: [] } }],
    ['extensions that are a text', 'frame', { body: { query: book, extensions: '{}' } }],
    ['a query that is a document', 'frame', { body: { query: { kind: 'Document' } } }],
    ['no query', 'frame', { body: { operationName: 'x' } }],
    ['a list of operations', 'frame', { body: [{ query: book }] }],
    ['an empty object', 'frame', { body: {} }],
    ['a number', 'frame', { body: '7' }],
    ['what is no GraphQL', 'frame', { body: { query: '{' } }],
    ['what is no GraphQL, by the newer type', 'frame', { body: { query: '{' }, headers: response }],
    ['what does not fit the schema', 'frame', { body: { query: '{ nothing }' } }],
    [
      'what is too deep',
      'frame',
      { body: { query: `{ books ${'{ similar '.repeat(9)} { id } ${'} '.repeat(9)} }` } },
    ],
    ['a type nobody has', 'frame', { body: { query: book }, headers: { accept: 'text/html' } }],
    ['the price only, by extension', 'frame', { body: { query: book, extensions: { dryRun: true } } }],
    ['the price only, by header', 'frame', { body: { query: book }, headers: { 'x-dry-run': 'true' } }],
    [
      'a text with another hash',
      'frame',
      { body: { query: book, extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } } } },
    ],
    [
      'a hash that nobody knows',
      'frame',
      { body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } } } },
    ],
    [
      'a hash of another version',
      'frame',
      { body: { extensions: { persistedQuery: { version: 2, sha256Hash: hash(book) } } } },
    ],
  ])('%s (%s)', async (_, way, asked) => {
    const { direct, viaFrame, frames } = await bothWays(asked);
    expect(direct).toEqual(viaFrame);
    expect(frames).toBe(way === 'direct' ? 0 : 1);
  });

  test.each<[string, 'none' | 'whole' | 'text']>([
    ['gives no GraphQL', 'text'],
    ['says nothing', 'none'],
    ['answers with an error of its own code', 'whole'],
  ])('when a subgraph %s', async (_, how) => {
    for (const { federation } of ways) {
      const { catalogue } = federation.subgraphs;
      catalogue!.intercept = async () => {
        if (how === 'text') return { status: 200, body: 'nonsense' };
        if (how === 'none') return { status: 500, body: '' };
        const errors = [
          { message: 'no', extensions: { code: 'OWN', http: { status: 418 }, serviceName: 'x' } },
        ];
        return { status: 200, body: JSON.stringify({ data: null, errors }) };
      };
    }
    const { direct, viaFrame, frames } = await bothWays({ body: { query: book } });
    expect(direct).toEqual(viaFrame);
    expect([frames, direct.body]).toEqual([0, expect.stringContaining('"errors"')]);
  });

  test.each<[string, 'direct' | 'frame', string]>([
    ['what it costs', 'direct', book],
    ['that it costs too much', 'direct', '{ books { title } authors { id friends { id friends { id } } } }'],
    ['that a variable is wrong', 'direct', byId],
    ['that it is no GraphQL', 'frame', '{'],
  ])('that tells who has a budget %s (%s)', async (what, way, query) => {
    const answers: Received[] = [];
    for (let i = 0; i < 3; i++) {
      const authorization = `Bearer ${await token(`${what} ${i}`, 'partner', 600)}`;
      framed.mockClear();
      for (const { federation } of ways) {
        answers.push(await send(federation, { body: { query }, headers: { authorization } }));
      }
    }
    const [direct, viaFrame] = answers.slice(-2);
    expect(direct).toEqual(viaFrame);
    expect(direct!.body).toContain('"throttleStatus"');
    expect(framed).toHaveBeenCalledTimes(way === 'direct' ? 1 : 2);
  });
});

test.each<[string, 'direct' | 'frame', Asked]>([
  ['a query', 'direct', { body: { query: '{ first: book(id: "b1") { title author { name } } }' } }],
  ['GET', 'direct', { method: 'GET', search: search({ query: '{ second: books { id } }' }) }],
  ['a mutation', 'direct', { body: { query: 'mutation { first: rename(id: "b1", title: "x") { title } }' } }],
  [
    'GET of a mutation',
    'frame',
    {
      method: 'GET',
      search: search({ query: 'mutation { second: rename(id: "b1", title: "x") { title } }' }),
    },
  ],
  ['what is no GraphQL', 'frame', { body: { query: '{ third' } }],
  ['what does not fit the schema', 'frame', { body: { query: '{ books { id } third: nothing }' } }],
  [
    'what is too deep',
    'frame',
    { body: { query: `{ books ${'{ a: similar '.repeat(9)} { id } ${'} '.repeat(9)} }` } },
  ],
  [
    'a name that is not there',
    'frame',
    { body: { query: `${two} query Third { __typename }`, operationName: 'No' } },
  ],
])('the first time it is asked, too: %s (%s)', async (_, way, asked) => {
  framed.mockClear();
  const direct = await send(ways[0]!.federation, asked);
  expect(framed).toHaveBeenCalledTimes(way === 'direct' ? 0 : 1);
  expect(direct).toEqual(await send(ways[1]!.federation, asked));
});

test('a document that was registered by its hash is found by it on both ways', async () => {
  const query = '{ books { id title } }';
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash(query) } };
  for (const { federation } of ways) {
    const ask = (body: object) => send(federation, { body });
    expect((await ask({ extensions })).body).toContain('PERSISTED_QUERY_NOT_FOUND');
    const registered = await ask({ query, extensions });
    expect(registered.body).toContain('Emeralds');
    framed.mockClear();
    expect(await ask({ extensions })).toEqual(registered);
    const byGet = search({ extensions: JSON.stringify(extensions) });
    expect(await send(federation, { method: 'GET', search: byGet })).toEqual(registered);
    expect(framed).toHaveBeenCalledTimes(federation === ways[0]!.federation ? 0 : 2);
  }
});

test('plugins of Apollo Server see every operation', async () => {
  const seen: string[] = [];
  await using federation = await startFederation(library, {
    ports: {
      plugins: [
        {
          requestDidStart: async ({ request }) => ({
            async willSendResponse({ response: { http } }) {
              seen.push(request.query ?? '');
              http.headers.set('x-seen', 'yes');
            },
          }),
        },
      ],
    },
  });
  for (let i = 0; i < 3; i++) {
    expect((await send(federation, { body: { query: book } })).headers['x-seen']).toBe('yes');
  }
  expect(seen).toEqual([book, book, book]);
});
