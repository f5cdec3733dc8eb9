import { expect, test } from '@jest/globals';
import { changesBetween } from './subgraph-changes.ts';

const of = (urls: Record<string, string>) =>
  new Map(Object.entries(urls).map(([name, url]) => [name, { url }]));

test('what a supergraph has changed is said, and nothing else', () => {
  expect(
    changesBetween(
      of({ a: 'http://a', b: 'http://b', c: 'http://c' }),
      of({ a: 'http://a', b: 'http://x', d: '' }),
    ),
  ).toEqual({
    added: ['d'],
    removed: ['c'],
    moved: [{ subgraph: 'b', from: 'http://b', to: 'http://x' }],
  });
  expect(changesBetween(of({ a: 'http://a' }), of({ a: 'http://a' }))).toEqual({});
});
