import { describe, expect, test } from '@jest/globals';
import { buildSchema, type FieldNode, getOperationAST, parse } from 'graphql';
import type { JsonObject } from './json.ts';
import { compileShape } from './shape.ts';

const schema = buildSchema(`
  scalar Anything
  enum Size { SMALL LARGE }
  type Query { thing: Thing  things: [Thing!] }
  type Thing {
    id: ID!  name: String  count: Int  weight: Float  new: Boolean  size: Size  data: Anything
    tags: [String]  inner: Thing  constructor: String
  }
`);

function shapeOf(query: string) {
  const operation = getOperationAST(parse(query))!;
  const nameOf = ({ alias, name }: FieldNode) => (alias ?? name).value;
  return compileShape({ schema, operation, fragments: new Map(), nameOf }, {});
}

const texts = [
  '',
  'plain',
  'with "quotes" and \\ and \n',
  '\u0000',
  '\ud800 alone',
  'ü€😀',
  'a text that is longer than what is looked at character by character',
  'a text that is longer than what is looked at, with a " in it, and another one',
];

describe('what is written is what is built', () => {
  const fields = [
    'id',
    'name',
    'count',
    'weight',
    'new',
    'size',
    'data',
    'tags',
    'inner { name id }',
    '__typename',
  ];
  const orders = [
    fields,
    [...fields].reverse(),
    ['name', 'id'],
    ['count'],
    ['name'],
    ['count', 'name', 'new', 'id'],
  ];

  test.each(orders)('%s …', (...asked) => {
    const shape = shapeOf(`{ thing { ${asked.join(' ')} } things { ${asked.join(' ')} } }`);
    const things = texts.map(
      (text, index): JsonObject => ({
        __typename: 'Thing',
        id: index % 2 ? index : text,
        name: index % 3 ? text : null,
        count: index % 4 ? -index : 1.5,
        weight: index / 3,
        new: index % 2 === 0,
        size: index % 3 ? 'LARGE' : 'HUGE',
        data: { [text]: [text, null, { deep: index }] },
        tags: [text, null, text],
        inner: index % 2 ? { name: text, id: text } : null,
      }),
    );
    for (const fetched of [
      { thing: things[0], things },
      { thing: null, things: [] },
      { thing: {}, things: null },
    ]) {
      const built = shape(fetched, () => null);
      const written = shape.json(fetched, () => null);
      expect(written.data).toBe(JSON.stringify(built.data));
      expect(written.errors.map(String)).toEqual(built.errors.map(String));
    }
  });

  test('for keys that objects inherit or JSON escapes', () => {
    const shape = shapeOf('{ thing { constructor __proto__: name toString: name } }');
    const fetched = JSON.parse('{"thing":{"constructor":"a","__proto__":"b","toString":"c"}}') as JsonObject;
    expect(shape.json(fetched, () => null).data).toBe(
      '{"thing":{"constructor":"a","__proto__":"b","toString":"c"}}',
    );
  });

  test('prepared or not', () => {
    const prepared = shapeOf('{ thing { id inner { name } } }');
    prepared.prepare();
    const fetched = { thing: { id: '1', inner: { name: 'x' } } };
    expect(prepared.json(fetched, () => null).data).toBe(JSON.stringify(fetched));
  });
});

test('a value of more levels than can be followed does not fit', () => {
  let data: unknown = 1;
  for (let level = 0; level < 20_000; level++) data = [data];
  const shape = shapeOf('{ thing { id data } }');
  const fetched = { thing: { id: '1', data } };
  for (const { errors } of [shape(fetched, () => null), shape.json(fetched, () => null)]) {
    expect(errors).toMatchObject([{ path: ['thing', 'data'], extensions: { code: 'INVALID_VALUE' } }]);
  }
  expect(shape.json(fetched, () => null).data).toBe('{"thing":{"id":"1","data":null}}');
});
