import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { plannerNames } from '../src/planner/planner.ts';
import { type Federation, startFederation } from './federation.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible"])`;
const graph: SubgraphDefinition[] = [
  {
    name: 'parts',
    sdl: `${link}
      type Query { p: P ps: [P!]! id: ID sum: Int! any: Any thing: Thing roots: [Root!]! }
      type Mutation { turn: P stop: Int }
      type P implements Thing @key(fields: "id") { id: ID! kind: String self: P }
      type Q implements Thing { id: ID! }
      type Hidden implements Thing @inaccessible { id: ID! }
      interface Thing { id: ID! }
      union Any = P | Q | Hidden
      type Root { query: Query }`,
    resolvers: {
      Query: {
        p: () => ({ id: '1' }),
        ps: () => [{ id: '1' }],
        roots: () => [{ query: {} }, { query: {} }],
      },
    },
  },
  {
    name: 'sizes',
    sdl: `${link}
      type Query { heaviest: P lightest: P }
      type P @key(fields: "id") { id: ID! weight: Float! height: Int! width: Int depth: Int! }`,
    resolvers: {},
  },
];

describe.each(plannerNames)('what subgraphs do not give, planned by %s', (planner) => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(graph, { settings: { planner } });
  });
  beforeEach(() => {
    for (const subgraph of Object.values(federation.subgraphs)) subgraph.intercept = undefined;
  });
  afterAll(async () => {
    await federation?.[Symbol.asyncDispose]();
  });
  const answers = (subgraph: string, answer: unknown, status = 200) => {
    federation.subgraphs[subgraph]!.intercept = async () => ({ status, body: JSON.stringify(answer) });
  };
  const pathsOf = ({ errors }: { errors?: { path?: unknown }[] }) => errors?.map(({ path }) => path);

  describe('a subgraph that is down is told', () => {
    test('at each root field that was asked of it', async () => {
      answers('parts', '', 503);
      const { data, errors } = await federation.ask(
        'query {\n p { id }\n id: p { kind } \n heaviest { id } }',
      );
      expect(data).toEqual({ p: null, id: null, heaviest: null });
      expect(errors).toMatchObject([
        { path: ['id'], locations: [{ line: 3, column: 2 }], extensions: { code: 'SUBGRAPH_BAD_ANSWER' } },
        { path: ['p'], locations: [{ line: 2, column: 2 }] },
      ]);
      expect(errors).toHaveLength(2);
    });

    test('at fields that may not be null, and nothing else', async () => {
      answers('parts', '', 503);
      const answer = await federation.ask('{ p { id } ps { id } sum }');
      expect(answer).toMatchObject({
        data: null,
        errors: [{ path: ['p'] }, { path: ['ps'] }, { path: ['sum'] }],
      });
      expect(answer.extensions).toBeUndefined();
    });

    test('at fields of a mutation', async () => {
      answers('parts', '', 503);
      const answer = await federation.ask(
        'mutation { turn { id } ...M } fragment M on Mutation { again: stop }',
      );
      expect(answer.data).toEqual({ turn: null, again: null });
      expect(pathsOf(answer)).toEqual([['again'], ['turn']]);
    });

    test('at the fields of each object that they were asked for', async () => {
      answers('sizes', '', 503);
      const answer = await federation.ask('{ roots { query { heaviest { id } lightest { id } } } }');
      expect(answer.data).toEqual({
        roots: [0, 1].map(() => ({ query: { heaviest: null, lightest: null } })),
      });
      expect(pathsOf(answer)).toEqual(
        [0, 1].flatMap((index) => ['heaviest', 'lightest'].map((name) => ['roots', index, 'query', name])),
      );
    });

    test('once where it is asked for more than anybody would look at', async () => {
      answers('parts', '', 503);
      const many = Array.from({ length: 101 }, (_, index) => `p${index}: p { id }`);
      const { errors } = await federation.ask(`{ ${many.join(' ')} }`);
      expect(errors).toHaveLength(1);
      expect(errors![0]).not.toHaveProperty('path');
    });

    test('also when it answers with an error of no place', async () => {
      answers('parts', { errors: [{ message: 'not today', extensions: { code: 'CLOSED' } }] });
      const answer = await federation.ask('{ p { id } other: p { id } }');
      expect(answer.errors).toMatchObject([
        { path: ['other'], message: 'not today' },
        { path: ['p'], message: 'not today' },
      ]);
      answers('parts', { data: { p: null }, errors: [{ message: 'half of it' }] });
      expect(pathsOf(await federation.ask('{ p { id } }'))).toEqual([undefined]);
    });
  });

  describe('an object is of a type that can be there', () => {
    const unfit = (...path: (string | number)[]) => ({
      extensions: {
        valueCompletion: [{ path, extensions: { code: 'INVALID_VALUE' } }],
      },
    });

    test.each(['Query', 'Q', 'Any', 'Thing', 'Root', 'Int', 'Nothing', '__Type'])(
      '%s is no P',
      async (name) => {
        answers('parts', { data: { p: { __typename: name, id: '1' } } });
        expect(await federation.ask('{ p { __typename id } }')).toMatchObject({
          data: { p: null },
          ...unfit('p'),
        });
      },
    );

    test.each(['P', 'Q'])('%s is a Thing, and one of Any', async (name) => {
      for (const field of ['any', 'thing']) {
        answers('parts', { data: { [field]: { __typename: name, id: '1' } } });
        const query = `{ ${field} { __typename ... on P { id } ... on Q { id } } }`;
        expect(await federation.ask(query)).toEqual({
          status: 200,
          data: { [field]: { __typename: name, id: '1' } },
        });
      }
    });

    test.each(['Query', 'Root', 'Hidden'])('%s is neither', async (name) => {
      for (const field of ['any', 'thing']) {
        answers('parts', { data: { [field]: { __typename: name, id: '1' } } });
        const query = `{ ${field} { __typename } }`;
        expect(await federation.ask(query)).toMatchObject({ data: { [field]: null }, ...unfit(field) });
      }
    });
  });

  test.each([2 ** 31, -(2 ** 31) - 1, 1.5, 1e300, '1', true])('%p is no Int', async (sum) => {
    answers('parts', { data: { sum } });
    expect(await federation.ask('{\n  sum\n}')).toMatchObject({
      data: null,
      extensions: {
        valueCompletion: [
          { path: ['sum'], locations: [{ line: 2, column: 3 }], extensions: { code: 'INVALID_VALUE' } },
        ],
      },
    });
  });

  test.each([2 ** 31 - 1, -(2 ** 31), 0])('%p is an Int', async (sum) => {
    answers('parts', { data: { sum } });
    expect(await federation.ask('{ sum }')).toEqual({ status: 200, data: { sum } });
  });

  describe('what a field that may not be null takes with it is explained by its error', () => {
    const lost = { message: 'lost', extensions: { code: 'LOST' } };

    test('in an entity', async () => {
      answers('sizes', {
        data: { _entities: [null] },
        errors: [{ ...lost, path: ['_entities', 0, 'weight'] }],
      });
      const answer = await federation.ask('{ p { id height width weight } }');
      expect(answer).toMatchObject({ data: { p: null }, errors: [{ path: ['p', 'weight'] }] });
      expect(answer.extensions).toBeUndefined();
    });

    test('at the root', async () => {
      answers('parts', { data: null, errors: [{ ...lost, path: ['sum'] }] });
      const answer = await federation.ask('{ ps { id } sum }');
      expect(answer).toMatchObject({ data: null, errors: [{ path: ['sum'] }] });
      expect(answer.extensions).toBeUndefined();
    });

    test('but not what it has not taken', async () => {
      answers('sizes', {
        data: { _entities: [{ height: null, width: null }] },
        errors: [{ ...lost, path: ['_entities', 0, 'width'] }],
      });
      expect(await federation.ask('{ p { id\n height width } }')).toMatchObject({
        data: { p: null },
        errors: [{ path: ['p', 'width'] }],
        extensions: { valueCompletion: [{ path: ['p', 'height'], locations: [{ line: 2, column: 2 }] }] },
      });
      answers('sizes', {
        data: { _entities: [{ width: null }] },
        errors: [{ ...lost, path: ['_entities', 0, 'width'] }],
      });
      expect(await federation.ask('{ p { id height width } }')).toMatchObject({
        extensions: { valueCompletion: [{ path: ['p', 'height'] }] },
      });
    });
  });

  test('values that do not fit are told with each place of their field', async () => {
    answers('parts', { data: { ps: [{ id: '1', kind: 5 }, 'nonsense'] } });
    const query = '{ ps {\n id kind }\n ...F }\nfragment F on Query { ps { kind self { kind } } }';
    expect((await federation.ask(query)).extensions?.valueCompletion).toMatchObject([
      {
        path: ['ps', 0, 'kind'],
        locations: [
          { line: 2, column: 5 },
          { line: 4, column: 28 },
        ],
      },
      {
        path: ['ps', 1],
        locations: [
          { line: 1, column: 3 },
          { line: 4, column: 23 },
        ],
      },
    ]);
  });
});

test('a variable deeper than can be passed on is told', async () => {
  const sdl = `${link} scalar Any type Query { echo(any: Any, in: In): String } input In { in: In any: Any }`;
  await using federation = await startFederation([{ name: 'echo', sdl, resolvers: {} }]);
  const levels = 20_000;
  const any = `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const deep = `${'{"in":'.repeat(levels)}{}${'}'.repeat(levels)}`;
  for (const accept of ['application/json', 'text/event-stream']) {
    for (const [type, value] of [
      ['Any', any],
      ['In', deep],
    ]) {
      const query = `query ($x: ${type}) { echo(${type === 'Any' ? 'any' : 'in'}: $x) }`;
      const response = await fetch(`${federation.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: `{"query":${JSON.stringify(query)},"variables":{"x":${value}}}`,
      });
      const text = await response.text();
      expect(text).toContain(
        'Expected the variable \\"$x\\" to have at most 500 levels of lists and objects, got more.',
      );
      expect(text).toContain('BAD_USER_INPUT');
    }
  }
});
