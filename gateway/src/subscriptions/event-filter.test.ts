import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { bindFilter, readFilter } from './event-filter.ts';
import { readPayloadPath } from './payload-path.ts';

const schema = buildSchema(`
  directive @join__field(graph: String, external: Boolean) repeatable on FIELD_DEFINITION
  enum Sky { CLEAR CLOUDED }
  input Wish { name: String }
  type Place { id: ID!  name: String  height: Int @join__field(graph: "PLACES") }
  type Reading { place: Place!  degrees: Float!  serial: Int!  sky: Sky  wet: Boolean  tags: [String!] }
  type Storm { wind: Int!  name: String! }
  type Frost { degrees: Float!  name: String! }
  union Alarm = Storm | Frost
  type Query { reading(id: ID, ids: [ID!]!, n: Int, wish: Wish): Reading  alarm: Alarm }
`);
const { reading, alarm } = schema.getQueryType()!.getFields();
const read = (given: unknown, field = reading!) =>
  readFilter(given, {
    args: field.args,
    path: (text) => readPayloadPath(text, field.type, new Set(['EVENTS']), schema),
  });
const isIn = (fieldPath: string, ...values: unknown[]) => ({ IN: { fieldPath, values } });
const payload = { place: { id: 'p1', name: null }, degrees: 1.5, serial: 7, sky: 'CLEAR', wet: true };
const matches = (
  given: unknown,
  args = {},
  claims: Record<string, unknown> | null = null,
  of: unknown = payload,
) => bindFilter(read(given), args, claims)(of);

describe('a filter', () => {
  test.each([
    [isIn('place.id', 'p1'), true],
    [isIn('place.id', 'p2', 'p1'), true],
    [isIn('place.id', 'p2'), false],
    [isIn('serial', 7), true],
    [isIn('serial', '7'), true],
    [isIn('degrees', 1.5), true],
    [isIn('degrees', '1.50'), true],
    [isIn('sky', 'CLEAR', 'CLOUDED'), true],
    [isIn('wet', true), true],
    [isIn('wet', 'false'), false],
    [isIn('place.name', null), true],
    [isIn('place.name', 'null'), false],
    [{ NOT: isIn('serial', 7) }, false],
    [{ AND: [isIn('serial', 7), isIn('wet', true)] }, true],
    [{ AND: [isIn('serial', 7), isIn('wet', false)] }, false],
    [{ OR: [isIn('serial', 8), isIn('wet', true)] }, true],
    [{ OR: [isIn('serial', 8), isIn('wet', false)] }, false],
    [{ NOT: { OR: [isIn('serial', 8), { AND: [isIn('wet', false), isIn('serial', 7)] }] } }, true],
  ])('compares the payload with values: %j', (given, expected) => {
    expect(matches(given)).toBe(expected);
  });

  test('takes arguments and claims, also whole lists of them, never as a pattern', () => {
    expect(matches(isIn('place.id', '{{ args.id }}'), { id: 'p1' })).toBe(true);
    expect(matches(isIn('place.id', 'p{{ args.n }}'), { n: 1 })).toBe(true);
    expect(matches(isIn('place.id', '{{ args.ids }}'), { ids: ['p0', 'p1'] })).toBe(true);
    expect(matches(isIn('place.id', '{{ args.ids }}'), { ids: [] })).toBe(false);
    expect(matches(isIn('place.id', '{{ args.wish.name }}'), { wish: { name: 'p1' } })).toBe(true);
    expect(matches(isIn('serial', '{{ args.n }}'), { n: 7 })).toBe(true);
    expect(matches(isIn('place.id', '{{ claims.places }}'), {}, { places: ['p1', { not: 'a leaf' }] })).toBe(
      true,
    );
    expect(matches(isIn('place.id', '{{ args.id }}'), { id: '{{ claims.sub }}' }, { sub: 'p1' })).toBe(false);
    expect(matches(isIn('place.id', '{{ claims.sub }}'), {}, { sub: { toString: 'p1' } })).toBe(false);
  });

  test('knows a missing argument as null, and refuses a missing claim', () => {
    expect(matches(isIn('place.name', '{{ args.id }}'))).toBe(true);
    expect(matches(isIn('place.id', '{{ args.id }}'))).toBe(false);
    for (const claims of [null, {}]) {
      expect(() => matches({ NOT: isIn('place.id', '{{ claims.sub }}') }, {}, claims)).toThrow(
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) }),
      );
    }
    expect(() =>
      matches(isIn('place.id', '{{ args.ids }}'), { ids: Array.from({ length: 1_001 }, (_, n) => `${n}`) }),
    ).toThrow('at most 1000 values');
  });

  test('says neither yes nor no of a payload that lacks what it must have, unless the rest settles it', () => {
    const lacking = { place: { id: 'p1' }, wet: true };
    const of = (given: unknown, payload: unknown = lacking) => matches(given, {}, null, payload);
    expect(of(isIn('serial', 7))).toBeNull();
    expect(of({ NOT: isIn('serial', 7) })).toBeNull();
    expect(of({ AND: [isIn('serial', 7), isIn('wet', true)] })).toBeNull();
    expect(of({ AND: [isIn('serial', 7), isIn('wet', false)] })).toBe(false);
    expect(of({ OR: [isIn('serial', 7), isIn('wet', true)] })).toBe(true);
    expect(of(isIn('sky', null))).toBe(true);
    for (const payload of [null, 'text', 4, [], { place: [] }, { place: { id: {} } }]) {
      expect(of(isIn('place.id', 'p1'), payload)).toBeNull();
    }
  });

  test('goes through unions where every object has the path', () => {
    expect(bindFilter(read(isIn('name', 'x'), alarm), {}, null)({ __typename: 'Frost', name: 'x' })).toBe(
      true,
    );
    expect(() => read(isIn('wind', 1), alarm)).toThrow(
      'filter.IN.fieldPath: there is no Frost.wind for wind',
    );
  });

  test.each([
    [{}, 'filter: expected exactly one of AND, OR, NOT and IN'],
    [[], 'filter: expected exactly one of'],
    ['x', 'filter: expected exactly one of'],
    [{ IN: {}, NOT: {} }, 'filter: expected exactly one of'],
    [{ XOR: [] }, 'got XOR'],
    [{ AND: [] }, 'filter.AND: expected 1 to 100 conditions'],
    [{ NOT: { OR: [isIn('serial', 1), {}] } }, 'filter.NOT.OR[1]: expected exactly one of'],
    [{ IN: { fieldPath: 1, values: [] } }, 'filter.IN: expected a fieldPath and values'],
    [isIn('serial'), 'filter.IN.values: expected 1 to 100 values'],
    [isIn('nothing', 1), 'filter.IN.fieldPath: there is no Reading.nothing for nothing'],
    [isIn('place', 1), 'expected place to be a scalar or an enum, got Place'],
    [isIn('place.id.x', 1), 'expected place.id.x to lead to one value'],
    [isIn('tags', 'a'), 'got a list at tags'],
    [isIn('place.height', 1), 'Place.height for place.height is not in the payload'],
    [isIn('serial', 'seven'), 'filter.IN.values[0]: expected a value of Int, got "seven"'],
    [isIn('serial', 1, 1.5), 'filter.IN.values[1]: expected a value of Int, got 1.5'],
    [isIn('wet', 'yes'), 'expected a value of Boolean'],
    [isIn('sky', 'BLUE'), 'expected a value of Sky, got "BLUE"'],
    [isIn('serial', { a: 1 }), 'expected a scalar value'],
    [isIn('serial', '{{ args.nothing }}'), 'filter.IN.values[0]: there is no argument nothing'],
    [isIn('serial', '{{ env.x }}'), 'expected {{ args.name }} or {{ claims.name }}'],
    [isIn('serial', 'x{{ args.ids }}'), 'expected the argument ids to be a scalar value'],
    [isIn('serial', '{{ args.wish }}'), 'expected the argument wish to be a scalar value, or a list of them'],
  ])('that is wrong is refused by its place: %j', (given, message) => {
    expect(() => read(given)).toThrow(message);
  });

  test('is not nested without end', () => {
    let given: unknown = isIn('serial', 7);
    for (let depth = 1; depth < 8; depth++) given = { NOT: given };
    expect(matches(given)).toBe(false);
    expect(() => read({ NOT: given })).toThrow('expected at most 8 conditions in each other');
  });
});
