import { describe, expect, test } from '@jest/globals';
import { plannerNames } from '../src/planner/planner.ts';
import { type Federation, startFederation } from './federation.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override"])';

/** Fields on their way from the old subgraph to the new one; each says where it comes from. */
const moving: SubgraphDefinition[] = [
  {
    name: 'old',
    sdl: `
      ${link}
      type Query { part(id: ID!): Part }
      type Part @key(fields: "id") {
        id: ID!  name: String!  always: String!  never: String!  half: String!  early: String!  late: String!
      }
    `,
    resolvers: {
      Query: { part: (_: unknown, { id }: { id: string }) => ({ id }) },
      Part: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        name: ({ id }: { id: string }) => id,
        ...Object.fromEntries(
          ['always', 'never', 'half', 'early', 'late'].map((name) => [name, () => 'old']),
        ),
      },
    },
  },
  {
    name: 'new',
    sdl: `
      ${link}
      type Part @key(fields: "id") {
        id: ID!
        always: String! @override(from: "old", label: "percent(100)")
        never: String! @override(from: "old", label: "percent(0)")
        half: String! @override(from: "old", label: "percent(50)")
        early: String! @override(from: "old", label: "early-adopters")
        late: String! @override(from: "old", label: "late-adopters")
      }
    `,
    resolvers: {
      Part: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        ...Object.fromEntries(
          ['always', 'never', 'half', 'early', 'late'].map((name) => [name, () => 'new']),
        ),
      },
    },
  },
];

describe.each(plannerNames)('a field that moves from one subgraph to another, planned by %s', (planner) => {
  const start = (overrideLabels: Record<string, boolean | number>) =>
    startFederation(moving, { settings: { planner, overrideLabels } });

  const times = async (federation: Federation, query: string, count: number) => {
    const answers: string[] = [];
    for (let asked = 0; asked < count; asked++) {
      const { data, errors } = await federation.ask(query);
      expect(errors).toBeUndefined();
      answers.push(JSON.stringify((data as { part: unknown }).part));
    }
    return answers;
  };

  test('comes from where its label says', async () => {
    await using federation = await start({ 'early-adopters': true, 'late-adopters': false });
    expect(await federation.ask('{ part(id: "1") { name always never early late } }')).toEqual({
      status: 200,
      data: { part: { name: '1', always: 'new', never: 'old', early: 'new', late: 'old' } },
    });
  });

  test('comes from the old one where nobody has spoken of its label', async () => {
    await using federation = await start({});
    expect(await federation.ask('{ part(id: "1") { early } }')).toMatchObject({
      data: { part: { early: 'old' } },
    });
  });

  test('comes from the new one for a share of the requests, with one choice for each of them', async () => {
    await using federation = await start({ 'early-adopters': 50 });
    const answers = await times(federation, '{ part(id: "1") { half early } a: part(id: "2") { half } }', 60);
    const [both, ...others] = [...new Set(answers)].sort();
    // Fewer than one in 10^17 runs sees only one of them.
    expect([both, ...others]).toEqual(['{"half":"new","early":"new"}', '{"half":"old","early":"old"}']);
    const { subgraphs } = federation;
    subgraphs.new!.seen.length = 0;
    const without = await times(federation, '{ part(id: "1") { name } }', 20);
    expect(new Set(without)).toEqual(new Set(['{"name":"1"}']));
    expect(subgraphs.new!.seen).toEqual([]);
  });
});
