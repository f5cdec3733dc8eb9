import { expect, test } from '@jest/globals';
import { rewrittenPath } from './rewrite.ts';

test('a path has the names of the answer as it is rewritten; what a client calls by the same name stays', () => {
  const rename = (field: string, to: string) => ({ kind: 'rename' as const, path: [], field, to });
  const rewrites = [
    rename('_internal_qp_alias_0', 'price'),
    rename('name__alias_1', 'name'),
    rename('a', 'b'),
  ];
  expect(rewrittenPath(['works', 0, '_internal_qp_alias_0'], rewrites)).toEqual(['works', 0, 'price']);
  expect(rewrittenPath(['name__alias_1', 'a'], rewrites)).toEqual(['name', 'a']);
  expect(rewrittenPath(['name__alias_2'], rewrites)).toEqual(['name__alias_2']);
});
