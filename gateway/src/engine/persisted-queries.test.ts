import { expect, test } from '@jest/globals';
import { PersistedQueries } from './persisted-queries.ts';

test('persisted queries are kept as far as there is room, the least recently used leave first', async () => {
  const persisted = new PersistedQueries(10);
  await persisted.set('apq:a', 'aaaa');
  await persisted.set('apq:b', 'bbbb');
  expect(persisted.known('a')).toBe('aaaa');
  await persisted.set('apq:c', 'cccc');
  expect([persisted.known('a'), persisted.known('b'), persisted.known('c')]).toEqual([
    'aaaa',
    undefined,
    'cccc',
  ]);
  await persisted.set('apq:a', 'a');
  await persisted.set('apq:d', 'ddddd');
  expect(await persisted.get('apq:c')).toBe('cccc');
  await persisted.set('apq:e', 'longer than all');
  expect([await persisted.get('apq:e'), await persisted.get('apq:d')]).toEqual([undefined, 'ddddd']);
  await persisted.delete('apq:d');
  expect(persisted.known('d')).toBeUndefined();
});
