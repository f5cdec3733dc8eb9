import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { WriteTurns } from './write-turns.ts';

test('everybody has his turn, in their order, and what happens meanwhile is heard between', async () => {
  const turns = new WriteTurns();
  const written: number[] = [];
  for (let i = 0; i < 200; i++) turns.add({ flush: () => written.push(i) });
  await turn();
  expect(written.length).toBeGreaterThan(0);
  expect(written.length).toBeLessThan(200);
  turns.add({ flush: () => written.push(200) });
  while (written.length < 201) await turn();
  expect(written).toEqual(Array.from({ length: 201 }, (_, i) => i));
});

test('who asks again in his turn has another one', async () => {
  const turns = new WriteTurns();
  let flushed = 0;
  const again = {
    flush() {
      flushed++;
      if (flushed < 3) turns.add(again);
    },
  };
  turns.add(again);
  while (flushed < 3) await turn();
  await turn();
  expect(flushed).toBe(3);
});
