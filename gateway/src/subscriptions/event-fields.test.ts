import { describe, expect, test } from '@jest/globals';
import { buildASTSchema, parse } from 'graphql';
import { readEventFields } from './event-fields.ts';

const read = (field: string, query = 'thing(id: ID!): Thing', imported = 'import: ["@natsSubscribe"]') => {
  const document = parse(`
    schema @link(url: "https://specs.alexandrite.example/events/v1.0", ${imported}) { query: Query subscription: Subscription }
    directive @link(url: String, import: [link__Import], as: String) repeatable on SCHEMA
    directive @natsSubscribe(subjects: [String!]!, providerId: String! = "default", streamConfiguration: Stream, snapshot: String, position: String, filter: Condition, key: String, maxRate: Float) on FIELD_DEFINITION
    input Stream { streamName: String }
    scalar Condition
    directive @bus__natsSubscribe(subjects: [String!]!, snapshot: String, position: String) on FIELD_DEFINITION
    directive @fromBus(subjects: [String!]!, snapshot: String, position: String) on FIELD_DEFINITION
    scalar link__Import
    input Filter { a: Int }
    type Thing { id: ID! version: Int name: String }
    type Query { ${query} }
    type Subscription { ${field}  plain: Int }
  `);
  return readEventFields(document, buildASTSchema(document, { assumeValid: true, assumeValidSDL: true }));
};

describe('event fields', () => {
  test('are those with the directive, whatever it is called', () => {
    const field = (name: string) =>
      `thing(id: ID!): Thing! @${name}(subjects: ["t.{{ args.id }}"], snapshot: "thing", position: "version")`;
    for (const [name, imported] of [
      ['natsSubscribe', 'import: ["@natsSubscribe"]'],
      ['fromBus', 'import: [{ name: "@natsSubscribe", as: "@fromBus" }]'],
      ['bus__natsSubscribe', 'as: "bus"'],
    ] as const) {
      const fields = read(field(name), undefined, imported);
      expect([...fields.keys()]).toEqual(['thing']);
      expect(fields.get('thing')).toMatchObject({
        providerId: 'default',
        snapshot: 'thing',
        position: 'version',
      });
    }
  });

  test('may have a filter, a key, a rate and a stream', () => {
    const field = (rest: string) => `thing(id: ID!): Thing! @natsSubscribe(subjects: ["t"]${rest})`;
    expect(read(field('')).get('thing')).toMatchObject({
      filter: null,
      key: null,
      maxRate: null,
      streamName: null,
    });
    const all = `, filter: { IN: { fieldPath: "name", values: ["{{ claims.sub }}"] } }, key: "id", maxRate: 2.5,
      streamConfiguration: { streamName: "THINGS", consumerName: "router", consumerInactiveThreshold: 30 }`;
    expect(read(field(all)).get('thing')).toMatchObject({
      filter: { kind: 'IN', path: { text: 'name' } },
      key: { text: 'id', steps: [{ name: 'id', nullable: false }] },
      maxRate: 2.5,
      streamName: 'THINGS',
    });
  });

  test.each([
    ['(subjects: [])', 'expected at least one of subjects'],
    ['(subjects: ["t.{{ args.nothing }}"])', 'there is no argument nothing'],
    ['(subjects: ["t.{{ args.list }}"])', 'expected the argument list to be one scalar value'],
    ['(subjects: ["t.{{ args.filter }}"])', 'expected the argument filter to be one scalar value'],
    ['(subjects: ["t..x"])', 'expected a subject such as'],
    ['(subjects: ["t"], snapshot: "nothing")', 'there is no Query.nothing'],
    ['(subjects: ["t"], snapshot: "name")', 'expected Query.name to be Thing'],
    ['(subjects: ["t"], snapshot: "other")', 'expected Query.other to have the argument id: ID!'],
    ['(subjects: ["t"], key: "nothing")', 'key: there is no Thing.nothing for nothing'],
    ['(subjects: ["t"], key: 7)', 'key: there is no Thing.7'],
    ['(subjects: ["t"], maxRate: 0)', 'maxRate: expected messages a second, 0.01 to 10000, got 0'],
    ['(subjects: ["t"], streamConfiguration: {})', 'streamConfiguration: expected streamName to be the name'],
    [
      '(subjects: ["t"], streamConfiguration: { streamName: "A.*" })',
      'streamConfiguration: expected streamName',
    ],
    ['(subjects: ["t"], filter: { NOT: {} })', 'filter.NOT: expected exactly one of AND, OR, NOT and IN'],
    [
      '(subjects: ["t"], filter: { IN: { fieldPath: "version", values: ["a"] } })',
      'filter.IN.values[0]: expected a value of Int, got "a"',
    ],
    ['(subjects: ["t"], position: "name")', 'expected position to be an Int field of Thing, got name'],
  ])('that are wrong are named: %s', (directive, message) => {
    const field = `thing(id: ID!, list: [ID!], filter: Filter): Thing! @natsSubscribe${directive}`;
    expect(() => read(field, 'name: String  other: Thing')).toThrow(
      `Subscription.thing @natsSubscribe: ${message}`,
    );
  });
});
