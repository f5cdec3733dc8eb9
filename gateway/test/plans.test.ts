import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const imports =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject", "@external", "@requires"])';

/** Plans that rewrite: interface objects, and equal names of different types. */
const media: SubgraphDefinition[] = [
  {
    name: 'items',
    sdl: `
      ${imports}
      type Query { media: [Media!]!  things: [Thing!]! }
      interface Media @key(fields: "id") { id: ID!  title: String! }
      type Song implements Media @key(fields: "id") { id: ID!  title: String!  size: Int! }
      type Clip implements Media @key(fields: "id") { id: ID!  title: String!  size: String! }
      union Thing = Song | Clip
    `,
    resolvers: {
      Query: {
        media: () => [
          { __typename: 'Song', id: 's1', title: 'Aria', size: 3 },
          { __typename: 'Clip', id: 'c1', title: 'Storm', size: 'large' },
        ],
        things: () => [{ __typename: 'Clip', id: 'c1', title: 'Storm', size: 'large' }],
      },
      Media: {
        __resolveReference: ({ id }: { id: string }) =>
          id === 's1'
            ? { __typename: 'Song', id, title: 'Aria', size: 3 }
            : { __typename: 'Clip', id, title: 'Storm', size: 'large' },
      },
      Song: { __resolveReference: ({ id }: { id: string }) => ({ id, title: 'Aria', size: 3 }) },
      Clip: { __resolveReference: ({ id }: { id: string }) => ({ id, title: 'Storm', size: 'large' }) },
    },
  },
  {
    name: 'ratings',
    sdl: `
      ${imports}
      type Query { best: Media }
      type Media @key(fields: "id") @interfaceObject { id: ID!  stars: Int!  rivals: [Media!] }
    `,
    resolvers: {
      Query: { best: () => ({ id: 's1' }) },
      Media: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        stars: ({ id }: { id: string }) => (id === 's1' ? 5 : 2),
        rivals: () => [{ id: 'c1' }, { id: 's1' }],
      },
    },
  },
];

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation(media);
});
afterAll(async () => {
  await federation?.[Symbol.asyncDispose]();
});

describe('plans that rewrite', () => {
  test('interface objects', async () => {
    expect(await federation.ask('{ media { __typename id stars } }')).toMatchObject({
      data: {
        media: [
          { __typename: 'Song', id: 's1', stars: 5 },
          { __typename: 'Clip', id: 'c1', stars: 2 },
        ],
      },
    });
    expect(
      await federation.ask('{ best { __typename stars rivals { title stars ... on Clip { size } } } }'),
    ).toEqual({
      status: 200,
      data: {
        best: {
          __typename: 'Song',
          stars: 5,
          rivals: [
            { title: 'Storm', stars: 2, size: 'large' },
            { title: 'Aria', stars: 5 },
          ],
        },
      },
    });
  });

  test('equal names of different types', async () => {
    expect(
      await federation.ask(
        '{ media { ... on Song { n: size } ... on Clip { text: size } } things { ... on Clip { size } } }',
      ),
    ).toMatchObject({
      data: { media: [{ n: 3 }, { text: 'large' }], things: [{ size: 'large' }] },
    });
  });
});

describe('what goes to subgraphs', () => {
  test('asks for an entity once, however often it stands in the response', async () => {
    await using books = await startFederation(library);
    const query = '{ works { ... on Book { inStock } } books { inStock } }';
    expect(await books.ask(query)).toMatchObject({ data: { books: [{ inStock: 3 }, { inStock: 0 }, {}] } });
    const representations = books.subgraphs.shop!.seen.flatMap(
      ({ variables }) => Object.values(variables) as unknown[][],
    );
    for (const sent of representations)
      expect(new Set(sent.map((each) => JSON.stringify(each))).size).toBe(sent.length);
  });

  test('is sent once for equal queries in flight, when that is wanted', async () => {
    for (const [shareFetches, requests] of [
      [true, 1],
      [false, 3],
    ] as const) {
      await using books = await startFederation(library, { settings: { shareFetches } });
      const { catalogue } = books.subgraphs;
      const held = Promise.withResolvers<undefined>();
      catalogue!.intercept = () => held.promise;
      const asked = [1, 2, 3].map(() => books.ask('{ books { title } }'));
      while (catalogue!.seen.length < requests) await new Promise((resolve) => setTimeout(resolve, 5));
      // The others have had time to arrive.
      await new Promise((resolve) => setTimeout(resolve, 50));
      held.resolve(undefined);
      const [first, ...others] = await Promise.all(asked);
      for (const other of others) expect(other).toEqual(first);
      expect(catalogue!.seen.length).toBe(requests);
    }
  });
});

describe('a subgraph on a bad day', () => {
  const query = '{ book(id: "b1") { title inStock author { bio name } } }';

  test.each<[string, { status: number; body: string }, string]>([
    ['answers nonsense', { status: 200, body: '<html>' }, 'SUBGRAPH_BAD_ANSWER'],
    ['answers JSON that is no response', { status: 200, body: '{"hello":1}' }, 'SUBGRAPH_BAD_ANSWER'],
    [
      'fails with a code of its own',
      { status: 401, body: '{"errors":[{"message":"no","extensions":{"code":"WHO"}}]}' },
      'WHO',
    ],
  ])('that %s costs only its part', async (_, answer, code) => {
    await using books = await startFederation(library);
    books.subgraphs.shop!.intercept = async () => answer;
    expect(await books.ask(query)).toMatchObject({
      status: 200,
      data: { book: { title: 'Emeralds', inStock: null } },
      errors: [{ path: ['book'], extensions: { code } }, { path: ['book', 'author', 'bio'] }],
    });
  });

  test('that takes too long, or is gone, costs only its part', async () => {
    await using books = await startFederation(library, {
      settings: { subgraphs: { overrides: { shop: { timeoutMs: 100 } } } },
    });
    const never = Promise.withResolvers<undefined>();
    books.subgraphs.shop!.intercept = () => never.promise;
    expect(await books.ask('{ book(id: "b1") { title inStock } }')).toMatchObject({
      data: { book: { title: 'Emeralds', inStock: null } },
      errors: [{ path: ['book'], extensions: { code: 'SUBGRAPH_TIMEOUT' } }],
    });
    never.resolve(undefined);
    await books.subgraphs.shop![Symbol.asyncDispose]();
    expect(await books.ask('{ book(id: "b1") { title inStock } }')).toMatchObject({
      data: { book: { title: 'Emeralds', inStock: null } },
      errors: [{ path: ['book'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
    });
  });

  test('shows what it means to show, and nothing else, where errors are masked', async () => {
    await using books = await startFederation(library, { settings: { maskErrors: true } });
    books.subgraphs.shop!.intercept = async () => ({
      status: 200,
      body: JSON.stringify({
        errors: [{ message: 'sold out', extensions: { code: 'SOLD_OUT', stacktrace: ['at'] } }],
      }),
    });
    const { errors } = await books.ask(
      query,
      {},
      { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    );
    expect(errors).toEqual([
      {
        message: 'sold out',
        path: ['book'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'SOLD_OUT' },
      },
      {
        message: 'Something went wrong here.',
        path: ['book', 'author', 'bio'],
        locations: [{ line: 1, column: 43 }],
        extensions: { code: 'INTERNAL_SERVER_ERROR', traceId: '0af7651916cd43dd8448eb211c80319c' },
      },
    ]);
  });
});

test('introspection can be switched off', async () => {
  await using closed = await startFederation(library, { settings: { introspection: false } });
  const { data, errors } = await closed.ask('{ __schema { queryType { name } } }');
  expect(data).toBeUndefined();
  // One error for each field that speaks of the schema, over HTTP as over a socket.
  expect(errors?.map(({ extensions }) => extensions?.code)).toEqual([
    'GRAPHQL_VALIDATION_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
  ]);
});
