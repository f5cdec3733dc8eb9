import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import type { EntityFetchNode, PlanNode, Step } from '../planner/plan.ts';
import { SubgraphError, type SubgraphRequest } from '../subgraph/subgraph.ts';
import { execute } from './execute.ts';
import type { JsonObject } from './json.ts';
import type { AskingOptions } from './run.ts';
import { TypeTest } from './type-test.ts';

const types = new TypeTest(
  buildSchema('type User { id: ID name: String likes: [User] } type Query { a: [User] b: [User] c: User }'),
);
const field = (name: string): Step => ({ kind: 'field', name });
const root = (...names: string[]): PlanNode => ({
  kind: 'fetch',
  subgraph: 'roots',
  operationKind: 'query',
  operation: `{${names.join(' ')}}`,
  operationName: undefined,
  variables: [],
  rewrites: [],
});
const users = (
  path: Step[],
  selection: string,
  { fragments = '', variables = [] as string[] } = {},
): EntityFetchNode => ({
  kind: 'entities',
  subgraph: 'users',
  operation: `query Of__${path.length}($representations:[_Any!]!${variables.map((name) => `,$${name}:Int`).join('')}){_entities(representations:$representations){...on User{${selection}}}}${fragments}`,
  operationName: `Of__${path.length}`,
  variables,
  inputs: [
    {
      variable: 'representations',
      paths: [path],
      requires: [
        {
          kind: 'fragment',
          type: 'User',
          selections: ['__typename', 'id'].map((name) => ({
            kind: 'field',
            from: name,
            to: name,
            selections: null,
          })),
        },
      ],
      rewrites: [],
    },
  ],
  contexts: [],
  outputs: [{ responseName: '_entities', input: 0, rewrites: [] }],
});

const user = (id: string) => ({ __typename: 'User', id });
const roots = (): JsonObject => ({
  a: [user('1'), user('2'), user('1')],
  b: [user('2'), user('3')],
  c: user('3'),
});

interface Seen {
  query: string;
  variables: Record<string, unknown>;
}

/** Runs a plan over two subgraphs: one has the roots, the other knows users, and says what it was asked. */
async function run(plan: PlanNode, asking: AskingOptions | undefined, failing = (_: Seen) => false) {
  const seen: Seen[] = [];
  const send = async ({ subgraph, body }: SubgraphRequest) => {
    const asked: Seen = JSON.parse(body);
    parse(asked.query);
    if (subgraph === 'roots') return { data: roots(), errors: [] };
    seen.push(asked);
    await new Promise((resolve) => setImmediate(resolve));
    if (failing(asked)) throw new SubgraphError('SUBGRAPH_UNAVAILABLE', 'gone');
    const lists = [...asked.query.matchAll(/(\w+):_entities\(representations:\$(\w+)\)/g)].map(
      ([, name, variable]) => [name!, variable!] as const,
    );
    const errors: { message: string; path: (string | number)[]; extensions: JsonObject }[] = [];
    const answers = (lists.length > 0 ? lists : [['_entities', 'representations'] as const]).map(
      ([name, variable]) => [
        name,
        (asked.variables[variable] as { id: string }[]).map(({ id }, position) => {
          if (id === '3') errors.push({ message: 'no name', path: [name, position, 'name'], extensions: {} });
          return { name: id === '3' ? null : `user ${id}`, likes: [user('9')], sized: asked.variables.size };
        }),
      ],
    );
    return { data: Object.fromEntries(answers) as JsonObject, errors };
  };
  const fetched = await execute(plan, {
    variables: { size: 4 },
    types,
    send,
    headers: () => ({}),
    asking,
  });
  const paths = fetched.errors.map(({ path }) => path?.join('.')).sort();
  const ids = seen.map(({ variables: { size: _, ...lists } }) =>
    Object.values(lists).map((list) => (list as { id: string }[]).map(({ id }) => id).join('')),
  );
  return { data: fetched.data, seen, ids, paths, fetches: fetched.fetches };
}

const both: AskingOptions = { once: true, together: true };
const a = [field('a')];
const b = [field('b')];
const c = [field('c')];

describe('fetches of entities in one execution', () => {
  const wave: PlanNode = {
    kind: 'sequence',
    nodes: [
      root('a', 'b', 'c'),
      { kind: 'parallel', nodes: [users(a, 'name'), users(b, 'name'), users(b, 'likes{id __typename}')] },
      users(c, 'name'),
    ],
  };

  test('ask for equal things once, travel together, and place every error', async () => {
    const { ids, data, paths, fetches } = await run(wave, both);
    expect(ids).toEqual([['123', '23']]);
    expect(fetches).toBe(2);
    expect(data).toMatchObject({
      a: [{ name: 'user 1' }, { name: 'user 2' }, { name: 'user 1' }],
      b: [
        { name: 'user 2', likes: [{ id: '9' }] },
        { name: null, likes: [{ id: '9' }] },
      ],
      c: { name: null },
    });
    // Both lists in which 3 was asked for had an error.
    expect(paths).toEqual(['b.1.name', 'b.1.name', 'c.name']);
  });

  test('bring the same, whatever is switched off', async () => {
    const { data } = await run(wave, both);
    const apart = await run(wave, undefined);
    expect(apart.ids).toEqual([['12'], ['23'], ['23'], ['3']]);
    const once = await run(wave, { once: true, together: false });
    expect(once.ids).toEqual([['12'], ['3'], ['23']]);
    const together = await run(wave, { once: false, together: true });
    expect(together.ids).toEqual([['1223', '23'], ['3']]);
    for (const other of [apart, once, together]) {
      expect(other.data).toEqual(data);
      expect(other.paths).toEqual(['b.1.name', 'b.1.name', 'c.name']);
    }
  });

  test('all say so when the request in which they travelled fails', async () => {
    const { paths, ids } = await run(wave, both, () => true);
    expect(ids).toEqual([['123', '23']]);
    expect(paths).toEqual(['a', 'b', 'b', 'c']);
  });

  test('give everyone parts of his own', async () => {
    const { data } = await run(
      {
        kind: 'sequence',
        nodes: [
          root('a', 'b', 'c'),
          { kind: 'parallel', nodes: [users(b, 'likes{id __typename}'), users(c, 'likes{__typename id}')] },
          users([...c, field('likes'), { kind: 'list' }], 'name'),
        ],
      },
      both,
    );
    expect(data.b).toMatchObject([{}, { likes: [{ id: '9' }] }]);
    expect((data.b as [unknown, { likes: JsonObject[] }])[1].likes[0]).not.toHaveProperty('name');
    expect(data.c).toMatchObject({ likes: [{ name: 'user 9' }] });
  });

  test('keep their own fragments and variables when they travel together', async () => {
    const { seen, data } = await run(
      {
        kind: 'sequence',
        nodes: [
          root('a', 'b', 'c'),
          {
            kind: 'parallel',
            nodes: [
              users(a, '...F', { fragments: 'fragment F on User{name ...G}fragment G on User{id}' }),
              users(b, '...F sized(by:$size)', {
                fragments: 'fragment F on User{likes{id}}',
                variables: ['size'],
              }),
            ],
          },
        ],
      },
      both,
    );
    expect(seen).toHaveLength(1);
    expect(seen[0]!.query).toBe(
      'query Of__1($r0:[_Any!]!,$r1:[_Any!]!,$size:Int){' +
        'e0:_entities(representations:$r0){...on User{...F_0}} ' +
        'e1:_entities(representations:$r1){...on User{...F_1 sized(by:$size)}}}' +
        'fragment F_0 on User{name ...G_0}fragment G_0 on User{id}fragment F_1 on User{likes{id}}',
    );
    expect(seen[0]!.variables).toMatchObject({ size: 4 });
    expect(data).toMatchObject({ a: [{ name: 'user 1' }, {}, {}], b: [{ sized: 4 }, {}] });
  });

  test('ask again behind a mutation', async () => {
    const change: PlanNode = { ...root('c'), operationKind: 'mutation' } as PlanNode;
    const { ids } = await run(
      { kind: 'sequence', nodes: [change, users(c, 'name'), change, users(c, 'name')] },
      both,
    );
    expect(ids).toEqual([['3'], ['3']]);
  });
});
