import { createSecretKey } from 'node:crypto';
import { gatewayContextHeader, verifyContext } from '@alexandrite/auth/gateway-context';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import type { Cache } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { type Federation, startFederation } from './federation.ts';
import { connect, subscribe } from './socket-client.ts';
import { startStations } from './stations.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const secret = 'a secret of the tests, long enough';
const token = async (sub: string, role = 'partner') =>
  `Bearer ${await signToken(createSecretKey(Buffer.from(secret)), { sub, role }, 600)}`;

const garden: SubgraphDefinition[] = [
  {
    name: 'garden',
    sdl: `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@cost", "@listSize"])
      type Query {
        beds(first: Int = 5, after: String): Beds! @listSize(assumedSize: 20, slicingArguments: ["first"], sizedFields: ["nodes", "edges"], requireOneSlicingArgument: false)
        trees: [Tree!]! @listSize(assumedSize: 7)
        paths: [Path!]!
        weather(day: Int @cost(weight: 3)): String @cost(weight: 4)
        gift(of: GiftInput): Gift
        nothing: Tree @cost(weight: 2)
      }
      type Mutation { plant(name: String!): Tree! @cost(weight: 10) }
      type Beds { nodes: [Bed!]! edges: [Edge!]! count: Int }
      type Edge { node: Bed! }
      type Bed { id: ID! flowers: [Flower!]! @listSize(assumedSize: 3) }
      type Flower @key(fields: "id") { id: ID! }
      type Tree { name: String! rings: Rings @cost(weight: 0) }
      type Rings { count: Int }
      type Path @cost(weight: 5) { length: Float }
      input GiftInput { ribbon: Boolean @cost(weight: 6) inner: GiftInput size: Int }
      union Gift = Tree | Path
    `,
    resolvers: {
      Query: {
        beds: () => ({ nodes: [{ id: '1', flowers: [{ id: 'f' }] }], edges: [], count: 1 }),
        trees: () => [{ name: 'oak' }, { name: 'ash' }],
        paths: () => [{ length: 3 }],
        weather: () => 'fine',
        gift: () => ({ __typename: 'Tree', name: 'fir' }),
        nothing: () => null,
      },
      Mutation: { plant: (_: unknown, { name }: { name: string }) => ({ name }) },
    },
  },
  {
    name: 'botany',
    sdl: `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@cost"])
      type Query { species: Int }
      type Flower @key(fields: "id") { id: ID! species: Species }
      type Species { latin: String! @cost(weight: 2) }
    `,
    resolvers: {
      Query: { species: () => 1 },
      Flower: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        species: () => ({ latin: 'Rosa' }),
      },
    },
  },
];

const audiences = [{ when: { role: ['partner'] }, maximumAvailable: 1_000, restoreRate: 50, maxCost: 600 }];
let federation: Federation;
let cache: Cache;
beforeAll(async () => {
  cache = openMemoryCache();
  federation = await startFederation(garden, {
    settings: { auth: { sharedSecret: secret }, audiences, subgraphs: { contextSecret: secret } },
    ports: { cache },
  });
});
afterAll(async () => {
  await federation?.[Symbol.asyncDispose]();
  await cache?.[Symbol.asyncDispose]();
});

let partners = 0;
async function priced(query: string, variables: Record<string, unknown> = {}) {
  const authorization = await token(`partner-${partners++}`);
  const { extensions, errors } = await federation.ask(query, variables, { authorization });
  expect(errors).toBeUndefined();
  const { requestedQueryCost, actualQueryCost } = (extensions as { cost: Record<string, number> }).cost;
  return [requestedQueryCost, actualQueryCost];
}

describe('the price of an operation', () => {
  test.each<[string, number, number]>([
    ['{ species }', 0, 0],
    ['{ trees { name } }', 7, 2],
    ['{ trees { name rings { count } } }', 7, 2],
    ['{ paths { length } }', 50, 5],
    ['{ weather }', 4, 4],
    ['{ weather(day: 1) }', 7, 7],
    ['{ gift { ... on Tree { name } ... on Path { length } } }', 5, 1],
    ['{ gift(of: { ribbon: true, inner: { ribbon: false, size: 1 } }) { __typename } }', 17, 13],
    ['{ gift { __typename } }', 5, 1],
    ['{ nothing { name } }', 2, 2],
    ['{ beds { count } }', 1, 1],
    // A connection and its nodes; each bed has three flowers, each with a species whose name costs 2.
    [
      '{ beds(first: 2) { nodes { flowers { species { latin } } } } }',
      1 + 2 * (1 + 3 * (1 + 1 + 2)),
      1 + (1 + (1 + 1 + 2)),
    ],
    ['{ beds { nodes { id } edges { node { id } } } }', 1 + 5 + 5 * 2, 2],
    ['{ beds(first: null) { nodes { id } } }', 1 + 20, 2],
    ['mutation { plant(name: "elm") { name } }', 10, 10],
    ['{ __schema { types { name } } }', 0, 0],
    ['{ a: trees { name } ...F } fragment F on Query { a: trees { rings { count } } b: weather }', 11, 6],
  ])('%s', async (query, requested, actual) => {
    expect(await priced(query)).toEqual([requested, actual]);
  });

  test('depends on variables', async () => {
    const query =
      'query Q($n: Int, $with: Boolean!) { beds(first: $n) { nodes { id } } trees @include(if: $with) { name } }';
    expect(await priced(query, { n: 4, with: false })).toEqual([5, 2]);
    expect(await priced(query, { n: 4, with: true })).toEqual([12, 4]);
    expect(await priced(query, { n: -3, with: false })).toEqual([1, 2]);
  });
});

describe('a budget', () => {
  test('is shown exactly, to those who have one', async () => {
    const authorization = await token('ada');
    const answer = await federation.ask('{ trees { name } }', {}, { authorization });
    expect(answer.extensions).toEqual({
      cost: {
        requestedQueryCost: 7,
        actualQueryCost: 2,
        throttleStatus: { maximumAvailable: 1_000, currentlyAvailable: 998, restoreRate: 50 },
      },
    });
    expect(await federation.ask('{ trees { name } }')).not.toHaveProperty('extensions');
    const customer = await token('eve', 'customer');
    expect(await federation.ask('{ trees { name } }', {}, { authorization: customer })).not.toHaveProperty(
      'extensions',
    );
  });

  test('is told to the subgraphs as it is when the operation begins', async () => {
    const { seen } = federation.subgraphs.garden!;
    await federation.ask('{ trees { name } }', {}, { authorization: await token('joe') });
    expect(
      await verifyContext(sharedKey(secret, ''), seen.at(-1)!.headers[gatewayContextHeader]),
    ).toMatchObject({
      budget: { maximumAvailable: 1_000, currentlyAvailable: 993, restoreRate: 50 },
    });
  });

  test('runs out, and nothing runs then; the answer says how long to wait', async () => {
    const authorization = await token('bob');
    const query = '{ a: paths { length } b: paths { length } c: paths { length } d: paths { length } }';
    // Together they ask for far more than there is before any of them has given something back.
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => federation.ask(query, {}, { authorization })),
    );
    const refused = answers.filter(({ errors }) => errors);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(answer).toMatchObject({
        status: 200,
        errors: [{ extensions: { code: 'THROTTLED', cost: 200, waitMs: expect.any(Number) } }],
        extensions: { cost: { requestedQueryCost: 200, actualQueryCost: null } },
      });
      expect(answer).not.toHaveProperty('data');
      expect(answer.errors![0]!.extensions!.waitMs).toBeGreaterThan(0);
    }
  });

  test('of a client that reads GraphQL responses: a status of its own', async () => {
    const authorization = await token('dan');
    const response = await fetch(`${federation.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
      },
      body: JSON.stringify({ query: `{ ${'abcdefghijklmn'.replace(/./g, ' $&: paths { length }')} }` }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'MAX_COST_EXCEEDED', cost: 700, maxCost: 600 } }],
      extensions: { cost: { requestedQueryCost: 700, actualQueryCost: null } },
    });
  });

  test('is not touched by a dry run, nor is anything else', async () => {
    const { seen } = federation.subgraphs.garden!;
    const before = seen.length;
    const response = await fetch(`${federation.url}/graphql`, {
      method: 'POST',
      headers: { authorization: await token('kim'), 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { plant(name: "x") { name } }', extensions: { dryRun: true } }),
    });
    expect(await response.json()).toEqual({
      data: null,
      extensions: {
        cost: {
          requestedQueryCost: 10,
          actualQueryCost: null,
          throttleStatus: { maximumAvailable: 1_000, currentlyAvailable: 1_000, restoreRate: 50 },
        },
      },
    });
    expect(await federation.ask('{ trees { name } }', {}, { 'x-dry-run': 'true' })).toMatchObject({
      data: null,
      extensions: { cost: { requestedQueryCost: 7, actualQueryCost: null } },
    });
    expect(seen.length).toBe(before);
  });

  test.each([
    ['does not parse', '{', 'GRAPHQL_PARSE_FAILED'],
    ['does not fit', '{ roses }', 'GRAPHQL_VALIDATION_FAILED'],
    ['lacks a variable', 'query($name: Int!) { beds(first: $name) { count } }', 'BAD_USER_INPUT'],
  ])('is told with a document that %s', async (_, query, code) => {
    const answer = await federation.ask(query, {}, { authorization: await token('max') });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code });
    expect(answer.extensions?.cost).toMatchObject({
      requestedQueryCost: 0,
      actualQueryCost: 0,
      throttleStatus: { maximumAvailable: 1_000, currentlyAvailable: 1_000, restoreRate: 50 },
    });
    expect((await federation.ask(query)).extensions).toBeUndefined();
  });

  test('holds without the cache, in each gateway', async () => {
    const broken = openMemoryCache();
    broken.takeFromBucket = () => Promise.reject(new Error('the cache is away'));
    await using alone = await startFederation(garden, {
      settings: { auth: { sharedSecret: secret }, audiences },
      ports: { cache: broken },
    });
    // So much that the bucket is not full again before the answer is told.
    const days = Array.from({ length: 50 }, (_, day) => `d${day}: weather`);
    const answer = await alone.ask(`{ ${days.join(' ')} }`, {}, { authorization: await token('lou') });
    const { currentlyAvailable } = (
      answer.extensions as { cost: { throttleStatus: { currentlyAvailable: number } } }
    ).cost.throttleStatus;
    expect(currentlyAvailable).toBeLessThan(1_000);
  });

  test('pays for a subscription at its start and for every event', async () => {
    const bucket = [{ when: { role: ['partner'] }, maximumAvailable: 8, restoreRate: 20 }];
    await using world = await startStations({
      settings: { auth: { sharedSecret: secret }, audiences: bucket },
      ports: { cache },
    });
    const client = connect(world.federation.url, { connectionParams: { authorization: await token('sue') } });
    await using stream = subscribe(
      client,
      'subscription { reading(id: "north") { degrees station { name } } }',
    );
    // A reading and its station.
    expect((await stream.next()).extensions).toMatchObject({
      cost: { requestedQueryCost: 2, actualQueryCost: 2 },
    });
    for (let degrees = 1; degrees <= 12; degrees++) await world.measure('north', degrees);
    let missed = 0;
    let last: unknown;
    let received = 0;
    while (received + missed < 12) {
      const { data, extensions } = await stream.next();
      received++;
      missed += (extensions?.gap as { missed: number } | undefined)?.missed ?? 0;
      last = data;
      expect(extensions).toMatchObject({
        cost: { requestedQueryCost: 2, throttleStatus: { maximumAvailable: 8 } },
      });
    }
    expect(missed).toBeGreaterThan(0);
    expect(last).toMatchObject({ reading: { degrees: 12 } });
    await client.dispose();
  });

  test('is given back by a subscription that is completed before it has begun', async () => {
    const bucket = [{ when: { role: ['partner'] }, maximumAvailable: 1_000, restoreRate: 0.001 }];
    await using world = await startStations({
      settings: { auth: { sharedSecret: secret }, audiences: bucket },
      ports: { cache },
    });
    const authorization = await token('tom');
    const left = async () => {
      const { extensions } = await world.federation.ask('{ __typename }', {}, { authorization });
      return extensions?.cost;
    };
    const socket = new WebSocket(
      `${world.federation.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    const answers: { id?: string; type: string }[] = [];
    socket.on('message', (data) => answers.push(JSON.parse(String(data))));
    await new Promise((resolve) => socket.once('open', resolve));
    const send = (message: unknown) => socket.send(JSON.stringify(message));
    send({ type: 'connection_init', payload: { authorization } });
    await new Promise((resolve) => socket.once('message', resolve));
    const query = 'subscription { reading(id: "north") { degrees station { name } } }';
    for (let times = 0; times < 20; times++) {
      send({ id: 'a', type: 'subscribe', payload: { query } });
      send({ id: 'a', type: 'complete' });
    }
    send({ id: 'b', type: 'subscribe', payload: { query } });
    while (!answers.some(({ id }) => id === 'b')) await new Promise((resolve) => setTimeout(resolve, 10));
    socket.terminate();
    expect(await left()).toMatchObject({ throttleStatus: { currentlyAvailable: 998 } });
  });
});

test('structural limits are told with what they are', async () => {
  await using limited = await startFederation(garden, {
    settings: { limits: { maxDepth: 4, maxAliases: 2, maxRootFields: 3, maxTokens: 60 } },
  });
  const over = async (query: string) => (await limited.ask(query)).errors?.[0];
  expect(await over('{ beds { nodes { flowers { id } } } }')).toBeUndefined();
  expect(await over('{ beds { nodes { flowers { species { latin } } } } }')).toMatchObject({
    extensions: { code: 'LIMIT_EXCEEDED', limit: 4, got: 5 },
  });
  expect(
    await over(
      '{ ...F } fragment F on Query { ...G } fragment G on Query { a: species b: species c: species }',
    ),
  ).toMatchObject({ message: 'Expected at most 2 aliases, got 3.' });
  expect(await over('{ species weather nothing { name } paths { length } }')).toMatchObject({
    message: 'Expected at most 3 root fields, got 4.',
  });
  expect(await over(`{ ${'species '.repeat(100)} }`)).toMatchObject({
    message: 'Expected at most 60 tokens, got more.',
    extensions: { code: 'LIMIT_EXCEEDED', limit: 60 },
  });
});
