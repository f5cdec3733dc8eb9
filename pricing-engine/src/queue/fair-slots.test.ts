import { expect, test } from '@jest/globals';
import { FairSlots } from './fair-slots.ts';

const never = new AbortController().signal;

test('while both queues wait, the favoured one gets three of four slots and the other is not starved', async () => {
  const slots = new FairSlots(1, { B2B: 3, B2C: 1 });
  const first = await slots.take('B2C', never);
  const order: string[] = [];
  const work = async (queue: 'B2B' | 'B2C') => {
    using _slot = await slots.take(queue, never);
    order.push(queue);
  };
  const all = [
    ...Array.from({ length: 40 }, () => work('B2C')),
    ...Array.from({ length: 40 }, () => work('B2B')),
  ];
  first[Symbol.dispose]();
  await Promise.all(all);

  const half = order.slice(0, 40);
  expect(half.filter((queue) => queue === 'B2B')).toHaveLength(30);
  for (let at = 0; at + 4 <= 40; at += 4) expect(half.slice(at, at + 4)).toContain('B2C');
  expect(order).toHaveLength(80);
});

test('a queue that is alone gets every slot', async () => {
  const slots = new FairSlots(2, { B2B: 3, B2C: 1 });
  const held = [await slots.take('B2C', never), await slots.take('B2C', never)];
  const third = slots.take('B2C', never);
  held[0]![Symbol.dispose]();
  using _third = await third;
});

test('who gives up waiting takes no slot with it, and a slot given back twice counts once', async () => {
  const slots = new FairSlots(1, { B2B: 3, B2C: 1 });
  const held = await slots.take('B2B', never);
  const impatience = new AbortController();
  const waiting = slots.take('B2C', impatience.signal);
  impatience.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  held[Symbol.dispose]();
  held[Symbol.dispose]();
  await slots.take('B2C', never);
  const order: string[] = [];
  void slots.take('B2B', never).then(() => order.push('second'));
  await Promise.resolve();
  await Promise.resolve();
  expect(order).toEqual([]);
});
