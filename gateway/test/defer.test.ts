import { createSecretKey } from 'node:crypto';
import { signToken } from '@alexandrite/auth/token';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';
import { museum } from './museum.ts';
import { acceptsParts, allMessages, askForParts, collected, type MessageSeen, merged } from './parts.ts';
import { connect, subscribe } from './socket-client.ts';
import { startStations } from './stations.ts';

let works: Federation;
let books: Federation;
beforeAll(async () => {
  [works, books] = await Promise.all([startFederation(museum), startFederation(library)]);
});
afterAll(async () => {
  await works?.[Symbol.asyncDispose]();
  await books?.[Symbol.asyncDispose]();
});

const failure = (message: string, extensions = {}) => ({
  status: 200,
  body: JSON.stringify({ data: null, errors: [{ message, extensions }] }),
});

/** Holds what a subgraph is asked until it may answer. */
function held(federation: Federation, subgraph: string, when: (query: string) => boolean = () => true) {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<undefined>();
  federation.subgraphs[subgraph]!.intercept = async ({ query }) => {
    if (!when(query)) return undefined;
    asked.resolve();
    return released.promise;
  };
  return {
    asked: asked.promise,
    release: () => released.resolve(undefined),
    [Symbol.dispose]() {
      released.resolve(undefined);
      federation.subgraphs[subgraph]!.intercept = undefined;
    },
  };
}

/** A subgraph that says the same to everybody. */
function answering(federation: Federation, subgraph: string, answer: { status: number; body: string }) {
  federation.subgraphs[subgraph]!.intercept = async () => answer;
  return {
    [Symbol.dispose]() {
      federation.subgraphs[subgraph]!.intercept = undefined;
    },
  };
}

describe('an answer in parts', () => {
  test('begins before what is deferred is there', async () => {
    using shop = held(works, 'shop');
    const { response, messages } = await askForParts(
      works.url,
      '{ works(first: 2) { id ... on Painting @defer(label: "stock") { inStock } } }',
    );
    expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="-"; deferSpec=20220824');
    expect((await messages.next()).value).toEqual({
      data: { works: [{ id: 'p1' }, { id: 's2' }] },
      hasNext: true,
    });
    await shop.asked;
    shop.release();
    expect(await collected(messages)).toEqual([
      { incremental: [{ data: { inStock: 3 }, path: ['works', 0], label: 'stock' }], hasNext: false },
    ]);
  });

  test('has each part as soon as it is there', async () => {
    using shop = held(works, 'shop');
    const { messages } = await askForParts(
      works.url,
      `{ painting(id: "p1") {
      ... @defer(label: "slow") { inStock }
      painter { id ... @defer(label: "fast") { name } }
    } }`,
    );
    const labels = async () =>
      ((await messages.next()).value as MessageSeen).incremental?.map(({ label }) => label);
    expect(await labels()).toBeUndefined();
    expect(await labels()).toEqual(['fast']);
    shop.release();
    expect(await labels()).toEqual(['slow']);
    expect((await messages.next()).done).toBe(true);
  });

  test('asks the same subgraph again for what is slow there', async () => {
    using slow = held(works, 'works', (query) => query.includes('_entities'));
    const { messages } = await askForParts(works.url, '{ painting(id: "p1") { title ... @defer { size } } }');
    expect((await messages.next()).value).toMatchObject({
      data: { painting: { title: 'title p1' } },
      hasNext: true,
    });
    slow.release();
    expect(await collected(messages)).toMatchObject([
      { incremental: [{ data: { size: '119 CM' }, path: ['painting'] }] },
    ]);
  });

  test('has the parts of parts behind them', async () => {
    const messages = await allMessages(
      works.url,
      `{ works(first: 1) { id ... @defer(label: "outer") {
      title ... on Painting { painter { id ... @defer(label: "inner") { name rival { name } } } }
    } } }`,
    );
    const parts = messages.flatMap(({ incremental }) => incremental ?? []);
    expect(parts).toEqual([
      { label: 'outer', path: ['works', 0], data: { title: 'title p1', painter: { id: 'a3' } } },
      { label: 'inner', path: ['works', 0, 'painter'], data: { name: 'name a3', rival: null } },
    ]);
  });

  test('has what stands at the root in parts, too', async () => {
    using people = held(works, 'people');
    const { messages } = await askForParts(
      works.url,
      '{ painting(id: "p1") { title } ... @defer(label: "root") { artists { name } offer { fee } } }',
    );
    expect((await messages.next()).value).toEqual({
      data: { painting: { title: 'title p1' } },
      hasNext: true,
    });
    people.release();
    expect(await collected(messages)).toEqual([
      {
        incremental: [
          {
            label: 'root',
            path: [],
            data: {
              artists: [{ name: 'name a1' }, { name: 'name a2' }, null],
              offer: { fee: 'fee for 252' },
            },
          },
        ],
        hasNext: false,
      },
    ]);
  });

  test('keeps aliases, fragments and conditions', async () => {
    const query = `query ($yes: Boolean!, $no: Boolean!) { works(first: 1) { ...F @defer(label: "l") } }
      fragment F on Work { id: title kind: __typename worth @skip(if: $yes) ... on Painting @include(if: $yes) { sum: worth(currency: "USD") } ...F2 @include(if: $no) }
      fragment F2 on Work { title }`;
    expect(merged(await allMessages(works.url, query, { yes: true, no: false }))).toEqual({
      data: { works: [{ id: 'title p1', kind: 'Painting', sum: 238 }] },
      errors: [],
    });
  });

  test('says nothing of what is not there', async () => {
    const messages = await allMessages(
      works.url,
      `{
      rooms { ... @defer(label: "room") { title } }
      none: painting(id: "none") { ... @defer(label: "none") { title ... @defer(label: "below") { fee } } }
      things { ... on Statue @defer(label: "statues") { inStock } }
    }`,
    );
    const parts = messages.flatMap(({ incremental = [] }) =>
      incremental.map(({ label, path }) => `${label} ${path.join('.')}`),
    );
    expect(parts.sort()).toEqual(['room rooms.0.0', 'room rooms.3.0', 'room rooms.3.1', 'statues things.2']);
  });

  test('is one answer where nothing is deferred after all', async () => {
    const query = 'query ($later: Boolean) { painting(id: "p1") { id ... @defer(if: $later) { title } } }';
    for (const [variables, count] of [
      [{ later: true }, 2],
      [{ later: false }, 1],
      [{}, 2],
    ] as const) {
      const messages = await allMessages(works.url, query, variables);
      expect(messages.length).toBe(count);
      expect(merged(messages).data).toEqual({ painting: { id: 'p1', title: 'title p1' } });
    }
    const { response } = await askForParts(works.url, '{ painting(id: "none") { id ... @defer { title } } }');
    expect(response.headers.get('content-type')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await response.json()).toEqual({ data: { painting: null } });
  });

  test('follows a mutation', async () => {
    const messages = await allMessages(
      books.url,
      'mutation { rename(id: "b1", title: "Jade") { title ... @defer { inStock } } again(id: "b2") { id } }',
    );
    expect(messages).toEqual([
      { data: { rename: { title: 'Jade' }, again: { id: 'b2' } }, hasNext: true },
      { incremental: [{ data: { inStock: 3 }, path: ['rename'] }], hasNext: false },
    ]);
  });
});

describe('who takes one answer only', () => {
  test.each([
    'application/json',
    'application/graphql-response+json',
    'multipart/mixed, application/json',
    '*/*',
  ])('has all of it: %s', async (accept) => {
    const answer = await works.ask(
      '{ painting(id: "p1") { id ... @defer { title ... @defer { fee } } } }',
      {},
      { accept },
    );
    expect(answer).toEqual({
      status: 200,
      data: { painting: { id: 'p1', title: 'title p1', fee: 'fee for 238' } },
    });
  });

  test('has it also when others take parts of the same operation', async () => {
    const query = '{ painting(id: "p2") { id ... @defer { title } } }';
    for (const parts of [true, false, true, false]) {
      if (parts) expect(await allMessages(works.url, query)).toHaveLength(2);
      else
        expect(await works.ask(query)).toEqual({
          status: 200,
          data: { painting: { id: 'p2', title: 'title p2' } },
        });
    }
  });
});

describe('errors', () => {
  const query = '{ works: books { title ... @defer(label: "stock") { inStock grams } } }';

  test('of a part are the part’s, at each of its objects', async () => {
    using _ = answering(books, 'shop', failure('sold out', { code: 'SOLD_OUT' }));
    const [first, ...rest] = await allMessages(books.url, query);
    expect(first).toMatchObject({ data: { works: [{}, {}, {}] }, hasNext: true });
    expect(first?.errors).toBeUndefined();
    const parts = rest.flatMap(({ incremental = [] }) => incremental);
    // A part that may not be null is null as a whole, and nothing around it.
    expect(parts).toEqual(
      [0, 1, 2].map((index) => ({
        label: 'stock',
        path: ['works', index],
        data: null,
        errors: [
          {
            message: 'sold out',
            path: ['works', index],
            locations: [{ line: 1, column: 3 }],
            extensions: { code: 'SOLD_OUT' },
          },
        ],
      })),
    );
  });

  test('of one object are that object’s', async () => {
    const messages = await allMessages(books.url, '{ books { author { id ... @defer { bio } } } }');
    const parts = messages.flatMap(({ incremental = [] }) => incremental);
    for (const { path, data, errors } of parts) {
      const lost = path[1] !== 1; // the second is by another author
      expect({ data, errors }).toEqual({
        data: { bio: lost ? null : 'about a2' },
        errors: lost
          ? [expect.objectContaining({ message: 'unwritten', path: [...path, 'bio'] })]
          : undefined,
      });
    }
    expect(parts).toHaveLength(3);
  });

  test('of what cannot be asked for later are told where something becomes null', async () => {
    // The subgraph makes all of it null, since it knows nothing of parts.
    const messages = await allMessages(
      books.url,
      '{ book(id: "b1") { id } strict { __typename ... @defer { sure { value } } } }',
    );
    expect(messages).toEqual([
      {
        data: { book: { id: 'b1' }, strict: null },
        errors: [expect.objectContaining({ path: ['strict', 'sure', 'value'] })],
        hasNext: false,
      },
    ]);
  });

  test('of parts of parts are not lost either', async () => {
    const query = '{ strict { sure { ... @defer { __typename ... @defer { value } } } } }';
    expect(await allMessages(books.url, query)).toEqual([
      {
        data: { strict: null },
        errors: [expect.objectContaining({ path: ['strict', 'sure', 'value'] })],
        hasNext: false,
      },
    ]);
  });

  test('of what was fetched along go to the part that shows it', async () => {
    using _ = answering(books, 'catalogue', {
      status: 200,
      body: JSON.stringify({
        data: { strict: { __typename: 'Strict', sure: { value: null } } },
        errors: [{ message: 'unsure', path: ['strict', 'sure', 'value'] }],
      }),
    });
    const messages = await allMessages(books.url, '{ strict { __typename ... @defer { sure { value } } } }');
    expect(messages).toEqual([
      { data: { strict: { __typename: 'Strict' } }, hasNext: true },
      {
        incremental: [
          {
            data: null,
            path: ['strict'],
            errors: [expect.objectContaining({ message: 'unsure', path: ['strict', 'sure', 'value'] })],
          },
        ],
        hasNext: false,
      },
    ]);
  });

  test('complete a part by the draft v0.2', async () => {
    using _ = answering(books, 'shop', failure('sold out', { code: 'SOLD_OUT' }));
    const accept = 'multipart/mixed;incrementalSpec=v0.2';
    const query = '{ book(id: "b1") { title ... @defer(label: "stock") { grams } } }';
    expect(await allMessages(books.url, query, {}, { accept })).toEqual([
      {
        data: { book: { title: 'Emeralds' } },
        pending: [{ id: '0', path: ['book'], label: 'stock' }],
        hasNext: true,
      },
      {
        completed: [{ id: '0', errors: [expect.objectContaining({ message: 'sold out', path: ['book'] })] }],
        hasNext: false,
      },
    ]);
  });

  test('of values that do not fit are told with their part', async () => {
    using _ = answering(books, 'shop', {
      status: 200,
      body: JSON.stringify({ data: { _entities: [{ __typename: 'Book', inStock: 'many' }] } }),
    });
    const messages = await allMessages(books.url, '{ book(id: "b1") { id ... @defer { inStock } } }');
    expect(messages.at(-1)).toEqual({
      incremental: [
        {
          data: { inStock: null },
          path: ['book'],
          extensions: { valueCompletion: [expect.objectContaining({ path: ['book', 'inStock'] })] },
        },
      ],
      hasNext: false,
    });
  });

  test('are masked in parts as anywhere', async () => {
    await using masked = await startFederation(library, { settings: { maskErrors: true } });
    using _ = answering(masked, 'shop', failure('the password is jade'));
    const messages = await allMessages(masked.url, '{ book(id: "b1") { title ... @defer { inStock } } }');
    expect(JSON.stringify(messages)).not.toContain('jade');
    expect(messages.at(-1)?.incremental?.[0]?.errors).toMatchObject([
      {
        message: 'Something went wrong here.',
        path: ['book'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
    ]);
  });
});

describe('documents', () => {
  const codes = async (query: string) =>
    (await books.ask(query)).errors?.map(({ extensions, message }) => `${extensions?.code} ${message}`);

  test.each([
    [
      'a label twice',
      '{ book(id: "b1") { ... @defer(label: "a") { id } ... @defer(label: "a") { title } } }',
      'Expected the label "a"',
    ],
    [
      'a label that is a variable',
      'query ($l: String) { book(id: "b1") { ... @defer(label: $l) { id } } }',
      'to be a text',
    ],
    [
      'the root of a mutation',
      'mutation { ... @defer { again(id: "b1") { id } } }',
      'cannot stand on Mutation',
    ],
    ['a field', '{ book(id: "b1") @defer { id } }', 'may not be used on FIELD'],
  ])('are refused: %s', async (_, query, message) => {
    expect(await codes(query)).toEqual([expect.stringContaining(message)]);
    expect((await codes(query))?.[0]).toContain('GRAPHQL_VALIDATION_FAILED');
  });

  test('know @defer by introspection', async () => {
    const { data } = await books.ask(
      '{ __schema { directives { name locations args { name defaultValue } } } }',
    );
    expect((data as { __schema: { directives: unknown[] } }).__schema.directives).toContainEqual({
      name: 'defer',
      locations: ['FRAGMENT_SPREAD', 'INLINE_FRAGMENT'],
      args: [
        { name: 'label', defaultValue: null },
        { name: 'if', defaultValue: 'true' },
      ],
    });
  });
});

describe('a subscription', () => {
  const subscription = (directive: string, declared = '') =>
    `subscription ($id: ID!${declared}) { reading(id: $id) { serial ...F ${directive} } }
     fragment F on Reading { station { id name } }`;

  test('has no parts: @defer is refused, or does nothing where a variable decides', async () => {
    await using world = await startStations();
    const client = connect(world.federation.url);
    await using refused = subscribe(client, subscription('@defer'), { id: 'north' });
    expect(await refused.ended).toEqual([
      expect.objectContaining({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }),
    ]);
    await using whole = subscribe(client, subscription('@defer(if: $later)', ', $later: Boolean'), {
      id: 'north',
      later: true,
    });
    const station = { id: 'north', name: 'Station north' };
    expect(await whole.next()).toMatchObject({ data: { reading: { serial: 1, station } } });
    await world.measure('north', 5);
    expect(await whole.next()).toMatchObject({ data: { reading: { serial: 2, station } } });
    await client.dispose();
  });
});

describe('whoever leaves', () => {
  test('ends what is under way for him', async () => {
    using shop = held(works, 'shop');
    const { messages, leave } = await askForParts(
      works.url,
      '{ painting(id: "p1") { id ... @defer { inStock } } }',
    );
    await messages.next();
    await shop.asked;
    const metrics = async () => (await fetch(`${works.url}/metrics`)).text();
    expect(await metrics()).toMatch(/gateway_subgraph_in_flight\{subgraph="shop",service="gateway"\} 1/);
    leave();
    while (!/gateway_subgraph_in_flight\{subgraph="shop",service="gateway"\} 0/.test(await metrics())) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
});

describe('whoever has a budget', () => {
  const secret = 'a secret of thirty-two characters';
  const audiences = [{ when: { role: ['partner'] }, maximumAvailable: 100, restoreRate: 1 }];

  test('pays once for the whole, and is told in the end', async () => {
    await using cache = openMemoryCache();
    await using federation = await startFederation(museum, {
      settings: { auth: { sharedSecret: secret }, audiences },
      ports: { cache },
    });
    const key = createSecretKey(Buffer.from(secret));
    const bearer = async (sub: string) => `Bearer ${await signToken(key, { sub, role: 'partner' }, 60)}`;
    const query = '{ works(first: 2) { id ... on Painting { ... @defer { painter { name } } } } }';
    const authorization = await bearer('one');
    const messages = await allMessages(federation.url, query, {}, { authorization });
    const once = await federation.ask(query, {}, { authorization: await bearer('two') });
    expect(messages.map(({ extensions }) => extensions)).toEqual([undefined, undefined, once.extensions]);
    expect(messages.at(-1)).toEqual({ extensions: once.extensions, hasNext: false });
    expect(merged(messages).data).toEqual(once.data);
    // What is too dear is refused before anything runs, by one answer.
    const all = '{ artists { paintings { id ... @defer { similar { id } } } } }';
    const { response } = await askForParts(federation.url, all, {}, { authorization });
    expect(response.headers.get('content-type')).toContain('json');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'MAX_COST_EXCEEDED' } }] });
  });
});

test('who waits for long hears that there is more to come', async () => {
  await using slow = await startFederation(museum, { settings: { subscriptions: { keepAliveMs: 1_000 } } });
  using shop = held(slow, 'shop');
  const { messages } = await askForParts(slow.url, '{ painting(id: "p1") { id ... @defer { inStock } } }');
  expect((await messages.next()).value).toMatchObject({ hasNext: true });
  expect((await messages.next()).value).toEqual({ hasNext: true });
  shop.release();
  const rest = await collected(messages);
  expect(rest.at(-1)).toMatchObject({ incremental: [{ data: { inStock: 3 } }], hasNext: false });
});

test('it can be switched off', async () => {
  await using plain = await startFederation(museum, { settings: { defer: false } });
  const query = '{ painting(id: "p1") { id ... @defer { title } } }';
  expect(await allMessages(plain.url, query)).toEqual([
    { data: { painting: { id: 'p1', title: 'title p1' } }, hasNext: false },
  ]);
});

test('requests that come together are answered at once', async () => {
  await using together = await startFederation(museum, { settings: { batching: { enabled: true } } });
  const response = await fetch(`${together.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: acceptsParts },
    body: JSON.stringify([{ query: '{ painting(id: "p1") { id ... @defer { title } } }' }]),
  });
  expect(await response.json()).toEqual([{ data: { painting: { id: 'p1', title: 'title p1' } } }]);
});

describe('clients of others', () => {
  const query = gql`query ($id: ID!) { painting(id: $id) { id title ... @defer { fee painter { name } } } }`;

  test.each([
    ['August 2022', new Defer20220824Handler()],
    ['v0.2', new GraphQL17Alpha9Handler()],
  ])('Apollo Client reads the parts by the draft %s', async (_, incrementalHandler) => {
    const types: string[] = [];
    const client = new ApolloClient({
      cache: new InMemoryCache(),
      incrementalHandler,
      link: ApolloLink.from([
        new HttpLink({
          uri: `${works.url}/graphql`,
          fetch: async (...request) => {
            const response = await fetch(...request);
            types.push(response.headers.get('content-type') ?? '');
            return response;
          },
        }),
      ]),
    });
    using people = held(works, 'people');
    const seen: unknown[] = [];
    const done = Promise.withResolvers<void>();
    const subscription = client.watchQuery({ query, variables: { id: 'p1' } }).subscribe({
      next(result) {
        seen.push([result.dataState, structuredClone(result.data)]);
        if (result.dataState === 'streaming') people.release();
        if (result.dataState === 'complete') done.resolve();
      },
      error: done.reject,
    });
    await done.promise;
    subscription.unsubscribe();
    client.stop();
    expect(types).toEqual([expect.stringMatching(/^multipart\/mixed; boundary="-"; /)]);
    const known = { __typename: 'Painting', id: 'p1', title: 'title p1' };
    expect(seen).toContainEqual(['streaming', { painting: known }]);
    expect(seen.at(-1)).toEqual([
      'complete',
      { painting: { ...known, fee: 'fee for 238', painter: { __typename: 'Artist', name: 'name a3' } } },
    ]);
  });
});

describe('other transports', () => {
  const query = '{ painting(id: "p1") { id ... @defer(label: "late") { fee } } }';
  const messages = [
    { data: { painting: { id: 'p1' } }, hasNext: true },
    { incremental: [{ data: { fee: 'fee for 238' }, path: ['painting'], label: 'late' }], hasNext: false },
  ];

  test('a socket gives each part as a message', async () => {
    const client = connect(works.url);
    await using stream = subscribe(client, query);
    for (const message of messages) expect(await stream.next()).toEqual(message);
    expect(await stream.ended).toBeNull();
    await client.dispose();
  });

  test('so do Server-Sent Events', async () => {
    const response = await fetch(`${works.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    expect([...text.matchAll(/^data: (.+)$/gm)].map(([, json]) => JSON.parse(json!))).toEqual(messages);
    expect(text).toMatch(/event: complete\ndata:\n\n$/);
  });

  test('multipart subscriptions have no words for parts', async () => {
    const response = await fetch(`${works.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'multipart/mixed;subscriptionSpec=1.0,application/json',
      },
      body: JSON.stringify({ query }),
    });
    expect(await response.text()).toContain(
      '{"payload":{"data":{"painting":{"id":"p1","fee":"fee for 238"}}}}',
    );
  });
});
