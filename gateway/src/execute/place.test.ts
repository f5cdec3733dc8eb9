import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import type { Step } from '../planner/plan.ts';
import type { JsonObject } from './json.ts';
import { compileWalk, placesBehind } from './place.ts';
import { TypeTest } from './type-test.ts';

const types = new TypeTest(
  buildSchema(
    'interface N { id: ID } type A implements N { id: ID } type B implements N { id: ID } type Query { n: N }',
  ),
);
const field = (name: string): Step => ({ kind: 'field', name });
const list: Step = { kind: 'list' };
const only = (...names: string[]): Step => ({ kind: 'types', names });

const data = {
  rows: [
    [{ __typename: 'A', it: { id: 1 } }, null, { __typename: 'B', it: { id: 2 } }],
    null,
    [],
    [
      { __typename: 'A', it: null },
      { __typename: 'A', it: [{ id: 3 }, { id: 4 }] },
    ],
  ],
};
const both = (path: Step[]) => {
  const found: JsonObject[] = [];
  compileWalk(path, types)(data, found);
  const places = placesBehind(data, path, types);
  return found.map((target) => [
    target.id,
    places
      .get(target)
      ?.map((place) => place.join('.'))
      .join(),
  ]);
};

describe('a path into the response', () => {
  test('goes through lists and nulls, and knows where it has been', () => {
    expect(both([field('rows'), list, list, field('it')])).toEqual([
      [1, 'rows.0.0.it'],
      [2, 'rows.0.2.it'],
      [3, 'rows.3.1.it.0'],
      [4, 'rows.3.1.it.1'],
    ]);
  });

  test('goes only into objects of the types it names', () => {
    expect(both([field('rows'), list, list, only('B'), field('it')])).toEqual([[2, 'rows.0.2.it']]);
    expect(both([field('rows'), list, list, only('N'), field('it')])).toHaveLength(4);
    expect(both([field('rows'), list, list, only('C'), field('it')])).toEqual([]);
  });

  test('does not follow what objects inherit', () => {
    expect(both([field('constructor'), field('name')])).toEqual([]);
  });

  test('knows all the places of an object that stands at several', () => {
    const shared = { id: 7 };
    const places = placesBehind({ rows: [shared, null, shared] }, [field('rows'), list], types);
    expect(places.get(shared)).toEqual([
      ['rows', 0],
      ['rows', 2],
    ]);
  });
});
