import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { spreadsItself } from './fragment-cycles.ts';

test.each([
  ['{ a }', false],
  ['{ ...A ...B } fragment A on Q { ...B x { ...C } } fragment B on Q { ...C } fragment C on Q { c }', false],
  ['{ ...A } fragment A on Q { x { ...A } }', true],
  ['{ a } fragment A on Q { ... { ...B } } fragment B on Q { b ...C } fragment C on Q { ...A }', true],
  ['{ ...A } fragment A on Q { ...Unknown }', false],
  ['{ ...A } fragment A on Q { ...A } fragment A on Q { a }', true],
])('%s', (document, cyclic) => {
  expect(spreadsItself(parse(document))).toBe(cyclic);
});
