import { expect, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;
const graph: SubgraphDefinition[] = [
  {
    name: 'list',
    sdl: `${link} type Query { items: [Item] first: Item } type Item @key(fields: "id") { id: ID! }`,
    resolvers: { Query: { items: () => [{ id: '1' }, { id: '2' }], first: () => ({ id: '1' }) } },
  },
  {
    name: 'sizes',
    sdl: `${link} type Item @key(fields: "id") { id: ID! size: Int weight: Float! }`,
    resolvers: {},
  },
];

const bad = { extensions: { code: 'SUBGRAPH_BAD_ANSWER' } };
const answers = (items: Federation, subgraph: string, body: string) => {
  items.subgraphs[subgraph]!.intercept = async () => ({ status: 200, body });
};

test.each([{ askOnce: true }, { askOnce: false, joinFetches: false }])(
  'entities that are missing without a word are told, not shown as null alone: %p',
  async (settings) => {
    await using items = await startFederation(graph, { settings });
    for (const data of [
      'null',
      '{}',
      '{"_entities":null}',
      '{"_entities":"x"}',
      '{"_entities":[{"size":5}]}',
    ]) {
      answers(items, 'sizes', `{"data":${data}}`);
      const { errors, data: shown } = await items.ask('{ items { id size } }');
      expect(errors).toMatchObject([{ path: ['items'], ...bad }]);
      expect(shown).toMatchObject({ items: [{ id: '1' }, { id: '2', size: null }] });
    }
    for (const position of ['-1', '0.5', '7']) {
      answers(
        items,
        'sizes',
        `{"data":{"_entities":[null,null]},"errors":[{"message":"no","path":["_entities",${position}]}]}`,
      );
      expect((await items.ask('{ items { id size } }')).errors).toMatchObject([{ path: ['items'] }]);
    }
  },
);

test('no data at all without an error is told', async () => {
  await using items = await startFederation(graph);
  answers(items, 'list', '{"data":null}');
  expect(await items.ask('{ items { id } }')).toMatchObject({ data: { items: null }, errors: [bad] });
});

test('a number that JSON cannot tell is not shown where there must be one', async () => {
  await using items = await startFederation(graph);
  answers(items, 'sizes', '{"data":{"_entities":[{"weight":1e999}]}}');
  expect(await items.ask('{ first { weight } }')).toMatchObject({
    data: { first: null },
    extensions: { valueCompletion: [{ path: ['first', 'weight'] }] },
  });
});
