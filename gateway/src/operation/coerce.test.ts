import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, getVariableValues, parse } from 'graphql';
import { compileCoerce } from './coerce.ts';

const schema = buildSchema(`
  scalar Any
  enum Mode { LOUD QUIET }
  input Plain { word: String count: Int! inner: Plain list: [[Float!]] mode: Mode any: Any id: ID flag: Boolean }
  input Defaulted { word: String = "x" other: Int }
  input One @oneOf { a: Int b: String }
  input Odd { toString: String }
  type Query { a(plain: Plain, defaulted: Defaulted, one: One, odd: Odd, id: ID, int: Int, float: Float, list: [String], any: Any, mode: Mode, flag: Boolean): Int }
`);

const values = [
  undefined,
  null,
  0,
  -0,
  1,
  1.5,
  2 ** 31,
  -(2 ** 31),
  '',
  'LOUD',
  'loud',
  'toString',
  '1',
  true,
  [],
  ['a', null],
  [['a']],
  [1],
  {},
  { count: 1 },
  { count: null },
  {
    count: 1,
    word: 'w',
    inner: { count: 2, list: [[1, 2], null] },
    mode: 'QUIET',
    any: { a: [1] },
    id: 'i',
    flag: false,
  },
  { count: 1, list: [1] },
  { count: 1, list: [[null]] },
  { count: 1, id: 7 },
  { count: 1, mode: 'NO' },
  { count: 1, unknown: 1 },
  JSON.parse('{ "count": 1, "__proto__": { "word": "w" } }'),
  { word: 'y', other: 1 },
  { a: 1 },
  { a: 1, b: 'c' },
  { toString: 'x' },
];

const types = [
  'Int',
  'Int!',
  'Float',
  'String',
  'String!',
  'ID',
  'ID!',
  'Boolean',
  'Mode',
  'Mode!',
  'Any',
  'Any!',
  '[String]',
  '[String!]!',
  '[[Float]]',
  '[Int]',
  'Plain',
  'Plain!',
  '[Plain!]',
  'Defaulted',
  'One',
  'Odd',
  'Int = 5',
  'Plain = { count: 1 }',
  '[Mode!] = [LOUD]',
  'Int = null',
];

describe('variables are what graphql-js makes of them', () => {
  test.each(types)('%s', (type) => {
    const document = parse(`query ($x: ${type}, $toString: String) { a }`);
    for (const names of [['x'], ['x', 'toString']]) {
      const definitions = getOperationAST(document, undefined)!.variableDefinitions!.filter(({ variable }) =>
        names.includes(variable.name.value),
      );
      const coerce = compileCoerce(schema, definitions);
      for (const value of values) {
        const given = value === undefined ? {} : { x: value };
        const expected = getVariableValues(schema, definitions, given, { maxErrors: 20 });
        const result = coerce(given);
        if (expected.errors) {
          const errors = 'errors' in result ? result.errors : [];
          expect(errors.map(({ message }) => message)).toEqual(expected.errors.map(({ message }) => message));
          expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
        } else {
          // Names and values alike; without a prototype or with one.
          expect(JSON.parse(JSON.stringify(result))).toEqual({
            values: JSON.parse(JSON.stringify(expected.coerced)),
          });
        }
      }
    }
  });

  const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  const tooDeep = {
    message: 'Expected the variable "$x" to have at most 500 levels of lists and objects, got more.',
    extensions: { code: 'BAD_USER_INPUT' },
  };

  test('but for those that nobody could pass on', () => {
    const definitions = getOperationAST(parse('query ($x: Any) { a }'), undefined)!.variableDefinitions!;
    const coerce = compileCoerce(schema, definitions);
    expect(coerce({ x: nested(500) })).toEqual({ values: { x: nested(500) } });
    for (const x of [nested(501), { a: [nested(20_000)] }]) {
      expect(coerce({ x })).toMatchObject({ errors: [{ ...tooDeep, locations: [{ line: 1, column: 8 }] }] });
    }
    expect(compileCoerce(schema, [])({ x: nested(20_000) })).toMatchObject({ errors: [tooDeep] });
  });

  test('also where they are deeper than anybody can look', () => {
    const definitions = getOperationAST(parse('query ($x: Plain) { a }'), undefined)!.variableDefinitions!;
    let deep: object = { count: 1 };
    for (let i = 0; i < 100_000; i++) deep = { count: 1, inner: deep };
    expect(compileCoerce(schema, definitions)({ x: deep })).toMatchObject({ errors: [tooDeep] });
  });
});
