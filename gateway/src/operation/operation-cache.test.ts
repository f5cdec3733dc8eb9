import { describe, expect, test } from '@jest/globals';
import type { CompiledOperation } from './compile.ts';
import { OperationCache } from './operation-cache.ts';

const compiled = (name: string) => ({ name }) as CompiledOperation;
const compileTo = (name: string) => () => Promise.resolve(compiled(name));
const never = (): never => {
  throw new Error('it is compiled already');
};

describe('compiled operations', () => {
  test('are compiled once, however many ask at a time, and are known then', async () => {
    const cache = new OperationCache(10);
    const first = cache.get('{ a }', null, compileTo('a'));
    const second = cache.get('{ a }', null, never);
    expect(cache.known('{ a }', null)).toBeNull();
    expect(await first).toBe(await second);
    expect(cache.known('{ a }', null)).toBe(await first);
    expect(cache).toMatchObject({ size: 1, hits: 2, misses: 1 });
  });

  test('of one text are told apart by their names', async () => {
    const cache = new OperationCache(10);
    const text = 'query A { a } query B { b }';
    await cache.get(text, 'A', compileTo('A'));
    await cache.get(text, 'B', compileTo('B'));
    expect([cache.known(text, 'A')?.name, cache.known(text, 'B')?.name]).toEqual(['A', 'B']);
    expect([cache.known(text, null), cache.known(text, '')]).toEqual([null, null]);
  });

  test('that cannot be compiled are not kept', async () => {
    const cache = new OperationCache(10);
    await expect(cache.get('x', null, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect([cache.known('x', null), cache.size]).toEqual([null, 0]);
    expect((await cache.get('x', null, compileTo('x'))).name).toBe('x');
  });

  test('leave when there are too many, those in use last', async () => {
    const cache = new OperationCache(3);
    for (const name of ['a', 'b', 'c']) await cache.get(name, null, compileTo(name));
    for (let i = 0; i < 20; i++) {
      expect(cache.known('b', null)?.name).toBe('b');
      await cache.get(`new ${i}`, null, compileTo(`new ${i}`));
      expect(cache.known(`new ${i}`, null)?.name).toBe(`new ${i}`);
      expect(cache.size).toBe(3);
    }
    expect(cache.known('b', null)?.name).toBe('b');
    expect([cache.known('a', null), cache.known('c', null)]).toEqual([null, null]);
  });

  test('leave when their texts are too long together; one that is too long alone is not kept', async () => {
    const cache = new OperationCache(100, 64);
    const known = (text: string) => cache.known(text, null) !== null;
    const texts = Array.from({ length: 17 }, (_, i) => `${i}`.padEnd(4));
    for (const text of texts) await cache.get(text, null, compileTo(text));
    expect(cache.size).toBe(16);
    expect([known(texts[0]!), known(texts[1]!), known(texts[16]!)]).toEqual([false, true, true]);
    const long = cache.get('long one', null, compileTo('long one'));
    expect(cache.get('long one', null, never)).toBe(long);
    await long;
    expect([known('long one'), cache.size, known(texts[1]!)]).toEqual([false, 16, true]);
  });
});
