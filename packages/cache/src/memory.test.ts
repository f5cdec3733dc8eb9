import { expect, test } from '@jest/globals';
import { openMemoryCache } from './memory.ts';

test('forgets what was used longest ago, in number and in size', async () => {
  await using few = openMemoryCache({ maxEntries: 2 });
  await few.set('a', '1', 60_000);
  await few.set('b', '2', 60_000);
  await few.get('a');
  await few.set('c', '3', 60_000);
  expect(await few.getMany(['a', 'b', 'c'])).toEqual(['1', null, '3']);

  await using small = openMemoryCache({ maxChars: 2_500 });
  await small.set('a', 'x'.repeat(1_000), 60_000);
  await small.set('b', 'x'.repeat(1_000), 60_000);
  await small.set('c', 'x'.repeat(1_000), 60_000);
  expect((await small.getMany(['a', 'b', 'c'])).map((value) => value?.length)).toEqual([
    undefined,
    1_000,
    1_000,
  ]);
});
