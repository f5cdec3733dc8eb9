import { expect, test } from '@jest/globals';
import { Closers, openAll } from './closers.ts';

test('closes last-in-first-out, once, and a second caller waits for the first', async () => {
  const order: string[] = [];
  const closers = new Closers();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  closers.add('a', () => order.push('a'));
  closers.use({ [Symbol.asyncDispose]: () => gate.then(() => void order.push('b')) });
  closers.use({ [Symbol.dispose]: () => void order.push('c') });
  const both = Promise.all([closers[Symbol.asyncDispose](), closers[Symbol.asyncDispose]()]);
  open();
  await both;
  expect(order).toEqual(['c', 'b', 'a']);
});

test('keeps the first error and closes the rest', async () => {
  const order: string[] = [];
  const closers = new Closers();
  closers.add('a', () => order.push('a'));
  closers.add('b', () => Promise.reject(new Error('second')));
  closers.add('c', () => Promise.reject(new Error('first')));
  await expect(closers[Symbol.asyncDispose]()).rejects.toThrow('closing c failed: first');
  expect(order).toEqual(['a']);
  expect(() => closers.add('late', () => {})).toThrow('cannot open late');
});

test('an opening that fails half-way closes what was open', async () => {
  const order: string[] = [];
  const opening = openAll(async (closers) => {
    closers.add('database', () => order.push('database'));
    throw new Error('no broker');
  });
  await expect(opening).rejects.toThrow('no broker');
  expect(order).toEqual(['database']);
});
