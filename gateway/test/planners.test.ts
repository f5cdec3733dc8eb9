import { readFileSync } from 'node:fs';
import { createLog } from '@alexandrite/telemetry/log';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GraphQLSchema, graphql, parse } from 'graphql';
import { type PlannerName, plannerNames } from '../src/planner/planner.ts';
import { loadSupergraph } from '../src/supergraph/supergraph.ts';
import { compose, type Federation, startFederation } from './federation.ts';
import { museum, ratingsOfWorks, wholeMuseum } from './museum.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const silent = createLog({ service: 'test', level: 'silent' });
const plan = async (sdl: string, planner: PlannerName, query: string) =>
  (await loadSupergraph(sdl, silent, planner)).planner.plan(parse(query), undefined, {});

describe.each(plannerNames)('the planner %s', (planner) => {
  let federation: Federation;
  let whole: GraphQLSchema;

  beforeAll(async () => {
    federation = await startFederation(museum, { settings: { planner } });
    const { apiSchema } = await loadSupergraph(federation.supergraphSdl, silent);
    whole = wholeMuseum(apiSchema);
  });
  afterAll(async () => {
    await federation?.[Symbol.asyncDispose]();
  });

  const seen = () => Object.values(federation.subgraphs).flatMap((subgraph) => subgraph.seen.splice(0));

  test.each([
    [
      'an alias that is the name of what something requires',
      '{ painting(id: "p1") { fee worth: title insurance } }',
    ],
    ['an alias that is the name of a key', '{ works { id: title ... on Painting { inStock } } }'],
    [
      'arguments unlike those that something requires',
      '{ painting(id: "p2") { worth(currency: "GBP") fee worthInPounds: worth(currency: "GBP") } }',
    ],
    [
      'names that planners invent',
      '{ works { _internal_qp_alias_0: title id__alias_0: id client__id: title } }',
    ],
    ['the name of a type by another name', '{ works { kind: __typename } things { kind: __typename } }'],
    [
      'a selection of types that cannot be',
      '{ works { ... on Painting { ... on Work { ... on Statue { height inStock } } } } }',
    ],
    [
      'a condition beside none on the same field',
      'query ($no: Boolean = false) { works { ... on Painting { title @include(if: $no) fee @skip(if: $no) ... @include(if: $no) { inStock } } } }',
    ],
    [
      'conditions that exclude each other',
      'query ($no: Boolean = false) { works { title ... on Painting { inStock fee @skip(if: $no) @include(if: $no) } } }',
    ],
    ['nothing, by its conditions', '{ works @include(if: false) { title } }'],
    [
      'the same entities at several places',
      '{ works { ... on Painting { inStock painter { name rival { name } } } ... on Statue { inStock maker { name } } } offer { inStock painter { name } } }',
    ],
  ])('gets right: %s', async (_, query) => {
    const right = await graphql({ schema: whole, source: query });
    expect(await federation.ask(query)).toEqual({ status: 200, ...JSON.parse(JSON.stringify(right)) });
  });

  test('asks nobody for what the gateway knows', async () => {
    seen();
    expect(
      await federation.ask(
        '{ __typename kind: __typename ...F __type(name: "Artist") { name } } fragment F on Query { __schema { queryType { name } } }',
      ),
    ).toEqual({
      status: 200,
      data: {
        __typename: 'Query',
        kind: 'Query',
        __schema: { queryType: { name: 'Query' } },
        __type: { name: 'Artist' },
      },
    });
    expect(seen()).toEqual([]);
  });

  test('leaves variables alone that are called like those of plans', async () => {
    const query = `query ($representations: ID!, $__batch_reps_0: String, $client__id: ID!) {
      painting(id: $representations) { worth(currency: $__batch_reps_0) painter { name } }
      other: painting(id: $client__id) { worthInPounds: worth(currency: $__batch_reps_0) fee }
    }`;
    const variables = { representations: 'p1', __batch_reps_0: 'GBP', client__id: 'p4' };
    const right = await graphql({ schema: whole, source: query, variableValues: variables });
    expect(right.errors).toBeUndefined();
    expect(await federation.ask(query, variables)).toEqual({
      status: 200,
      ...JSON.parse(JSON.stringify(right)),
    });
  });

  test('says of values without end that they do not fit, or who has sent them', async () => {
    const levels = 20_000;
    const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const { people } = federation.subgraphs;
    people!.intercept = async ({ variables }) => {
      const lists = Object.values(variables) as unknown[][];
      const body = lists.map((list, index) => {
        const name = lists.length === 1 ? '_entities' : `_e${index}`;
        return `"${name}":[${list.map(() => `{"__typename":"Artist","name":${deep},"born":1}`).join(',')}]`;
      });
      return { status: 200, body: `{"data":{${body.join(',')}}}` };
    };
    try {
      const answer = await federation.ask('{ painting(id: "p1") { id painter { born name } } }');
      expect(answer.status).toBe(200);
      const told = [
        ...(answer.errors ?? []),
        ...((answer.extensions?.valueCompletion as typeof answer.errors) ?? []),
      ];
      expect(told.map(({ extensions }) => extensions?.code)).not.toEqual([]);
      for (const { extensions } of told)
        expect(extensions?.code).toMatch(/^(INVALID_VALUE|SUBGRAPH_BAD_ANSWER)$/);
    } finally {
      delete people!.intercept;
    }
  });

  test('plans what is nested deeply', async () => {
    const depth = 60;
    const query = `{ offer { painter ${'{ rival '.repeat(depth)} { name } ${'}'.repeat(depth)} } }`;
    const { data, errors } = await federation.ask(query);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ offer: { painter: { rival: {} } } });
  });

  test('tells errors of entities at each of their places', async () => {
    const { people } = federation.subgraphs;
    people!.intercept = async ({ query, variables }) => {
      const lists = Object.keys(variables);
      if (!query.includes('_entities')) return undefined;
      const names = [...query.matchAll(/(\w+):\s*_entities/g)].map(([, name]) => name!);
      const errors = lists.flatMap((list, index) =>
        (variables[list] as { id: string }[]).flatMap(({ id }, position) =>
          id === 'a3' ? [{ message: 'lost', path: [names[index] ?? '_entities', position, 'name'] }] : [],
        ),
      );
      return { status: 200, body: JSON.stringify({ data: null, errors }) };
    };
    try {
      const { errors } = await federation.ask(
        '{ works(first: 1) { ... on Painting { painter { name } } } painting(id: "p4") { painter { born name } } }',
      );
      // p1 and p4 are by the same artist.
      expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual([
        'painting.painter.name',
        'works.0.painter.name',
      ]);
    } finally {
      delete people!.intercept;
    }
  });

  test('tells at each place when a subgraph cannot be had', async () => {
    const { people } = federation.subgraphs;
    people!.intercept = async () => ({ status: 503, body: '' });
    try {
      const { data, errors } = await federation.ask(
        '{ works(first: 1) { id ... on Painting { painter { name } } } painting(id: "p4") { painter { born name } } }',
      );
      expect(data).toEqual({ works: [{ id: 'p1', painter: null }], painting: { painter: null } });
      expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(['painting.painter', 'works']);
    } finally {
      delete people!.intercept;
    }
  });

  test('says so when no subgraph offers something', async () => {
    const unreachable = federation.supergraphSdl.replaceAll(
      '@join__type(graph: PEOPLE, key: "id")',
      '@join__type(graph: PEOPLE, key: "id", resolvable: false)',
    );
    await expect(
      plan(unreachable, planner, '{ painting(id: "p1") { painter { name } } }'),
    ).rejects.toMatchObject({ extensions: { code: 'PLANNING_FAILED' } });
  });

  test('plans the platform’s own graph', async () => {
    const sdl = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
    const entries: unknown[] = [];
    const log = { ...silent, warn: (entry: unknown) => entries.push(entry) } as typeof silent;
    const { planner: planned } = await loadSupergraph(sdl, log, planner);
    expect(planned.name).toBe(planner);
    const query = '{ orders(first: 3) { nodes { id status price { __typename } account { name } } } }';
    expect(await planned.plan(parse(query), undefined, {})).toMatchObject({ root: { kind: 'sequence' } });
    const subscription = await planned.plan(
      parse(
        'subscription ($id: ID!) { orderPrice(orderId: $id) { stage progress order { id account { name } } } }',
      ),
      undefined,
      {},
    );
    if (subscription.kind !== 'subscription') throw new TypeError('expected a subscription');
    expect(subscription.primary).toMatchObject({ kind: 'fetch', subgraph: 'events', variables: ['id'] });
    expect(JSON.stringify(subscription.rest)).toContain('"subgraph":"crm"');
    expect(entries).toEqual([]);
  });
});

test('Hive’s planner asks a subgraph once for entities of one wave', async () => {
  const counts = new Map<PlannerName, number>();
  for (const planner of plannerNames) {
    await using federation = await startFederation(museum, { settings: { planner, joinFetches: false } });
    await federation.ask(
      '{ works { ... on Painting { painter { name } } ... on Statue { maker { name } } } painting(id: "p4") { painter { name born } } }',
    );
    counts.set(planner, federation.subgraphs.people!.seen.length);
  }
  expect(counts.get('hive')).toBe(1);
  expect(counts.get('apollo')).toBeGreaterThan(1);
});

test('what Hive’s planner panics at is planned by Apollo’s, and the gateway lives', async () => {
  const link = (imports: string) =>
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;
  const item = ({ code }: { code?: string }) => ({ id: '1', code: code ?? 'c1' });
  const chained: SubgraphDefinition[] = [
    {
      name: 'first',
      sdl: `${link('"@key"')} type Query { item: Item } type Item @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { item: () => ({ id: '1' }) }, Item: { __resolveReference: item } },
    },
    {
      name: 'between',
      sdl: `${link('"@key", "@external", "@requires"')}
        type Item @key(fields: "id") @key(fields: "code") {
          id: ID! code: String! size: Int @external label: String @requires(fields: "size")
        }`,
      resolvers: {
        Item: {
          __resolveReference: (reference: object) => ({ ...reference, ...item(reference) }),
          label: ({ size }: { size: number }) => `size ${size}`,
        },
      },
    },
    {
      name: 'last',
      sdl: `${link('"@key"')} type Item @key(fields: "code") { code: String! size: Int }`,
      resolvers: { Item: { __resolveReference: item, size: () => 5 } },
    },
  ];
  await using federation = await startFederation(chained, { settings: { planner: 'hive' } });
  const right = { status: 200, data: { item: { label: 'size 5' } } };
  const queries = ['{ item { label } }', 'query A { item { label } }', 'query B { item { label } }'];
  expect(await Promise.all(queries.map((query) => federation.ask(query)))).toEqual([right, right, right]);
  expect(await federation.ask('{ item { id size } }')).toMatchObject({ data: { item: { size: 5 } } });
});

describe('where Hive’s planner lacks something, Apollo’s plans, and one line says why', () => {
  const link = (imports: string) =>
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`;

  test.each([
    ['@interfaceObject', [...museum, ratingsOfWorks]],
    [
      'a @provides that leads from a type to the same type',
      [
        {
          name: 'tree',
          sdl: `${link('"@key", "@external", "@provides"')}
            type Query { roots: [Node!]! @provides(fields: "children { name }") }
            type Node @key(fields: "id") { id: ID! name: String @external children: [Node!] @external }`,
        },
        {
          name: 'names',
          sdl: `${link('"@key", "@shareable"')}
            type Query { node: Node } type Node @key(fields: "id") { id: ID! name: String @shareable children: [Node!] @shareable }`,
        },
      ],
    ],
  ])('%s', async (reason, definitions) => {
    const sdl = compose(definitions.map(({ name, sdl }) => ({ name, sdl, url: `http://${name}` })));
    const entries: { reason?: string }[] = [];
    const log = { ...silent, warn: (entry: object) => entries.push(entry) } as typeof silent;
    const { planner } = await loadSupergraph(sdl, log, 'hive');
    expect(planner.name).toBe('apollo');
    expect(entries).toEqual([expect.objectContaining({ wanted: 'hive', planner: 'apollo' })]);
    expect(entries[0]?.reason).toContain(reason);
  });

  test('a root type that is called otherwise', async () => {
    // Composition itself calls root types by their usual names.
    const sdl = compose([{ name: 'one', sdl: 'type Query { one: Int }', url: 'http://one' }])
      .replace('query: Query', 'query: Everything')
      .replace('type Query', 'type Everything');
    const { planner } = await loadSupergraph(sdl, silent, 'hive');
    expect(planner.name).toBe('apollo');
  });
});
