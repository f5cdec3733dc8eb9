import { expect, test } from '@jest/globals';
import { connection, pageRequest } from './connection.ts';

const rows = [3, 2, 1].map((n) => ({ at: `2026-01-0${n}T00:00:00.000Z`, n }));
const keyOf = (row: { at: string; n: number }) => [row.at, row.n];
const shape = ['instant', 'number'] as const;

test('a page has a next one when one row more than asked for was there, and its cursor leads to it', () => {
  const first = connection(rows, pageRequest({ first: 2 }, shape), keyOf);
  expect(first.nodes).toEqual(rows.slice(0, 2));
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const next = pageRequest({ first: 2, after: first.pageInfo.endCursor }, shape);
  expect(next).toEqual({ first: 2, limit: 3, after: ['2026-01-02T00:00:00.000Z', 2] });
  expect(connection(rows.slice(2), next, keyOf).pageInfo).toMatchObject({
    hasNextPage: false,
    hasPreviousPage: true,
  });
});

test('an empty page has no cursors', () => {
  expect(connection([], pageRequest({}, shape), keyOf)).toEqual({
    edges: [],
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  });
});

test.each([0, -1, 101, 1.5])('first: %p is refused', (first) => {
  expect(() => pageRequest({ first }, shape)).toThrow(`first: expected 1 to 100, got ${first}`);
});

test.each([
  'nonsense',
  '',
  Buffer.from('[1,2]').toString('base64url'),
  Buffer.from('["yesterday",2]').toString('base64url'),
  // numbers of JSON's, but no whole ones
  Buffer.from('["2026-01-02T00:00:00.000Z",1.5]').toString('base64url'),
  Buffer.from('["2026-01-02T00:00:00.000Z",1e400]').toString('base64url'),
  Buffer.from('["2026-01-02T00:00:00.000Z",1e30]').toString('base64url'),
  // instants of JavaScript's, but none of PostgreSQL's
  Buffer.from('["1",2]').toString('base64url'),
  Buffer.from('["2020 (a comment)",2]').toString('base64url'),
  Buffer.from('["+275760-09-13T00:00:00.000Z",2]').toString('base64url'),
  Buffer.from('["0000-01-01T00:00:00.000Z",2]').toString('base64url'),
  Buffer.from('["2026-01-01T00:00:00.000Z"]').toString('base64url'),
])('the cursor %p of something else is refused', (after) => {
  expect(() => pageRequest({ after }, shape)).toThrow('after: expected a cursor of this list');
});
