import { expect, test } from '@jest/globals';
import { keepingSigner } from './sign-caller.ts';

const budget = { maximumAvailable: 1, currentlyAvailable: 1, restoreRate: 1 };

test('who asks is signed anew every ten seconds, and with every budget', async () => {
  let now = 0;
  let count = 0;
  const sign = keepingSigner(
    async (claims) => ({ context: `${claims?.sub} ${++count}` }),
    () => now,
  );
  const ada = { sub: 'ada', exp: 1 };
  const once = await sign(ada, null);
  now = 9_999;
  expect(await sign(ada, null)).toBe(once);
  expect((await sign({ ...ada }, null)).context).toBe('ada 2');
  expect((await sign(null, null)).context).toBe('undefined 3');
  expect((await sign(null, null)).context).toBe('undefined 3');
  expect((await sign(ada, budget)).context).toBe('ada 4');
  expect((await sign(ada, budget)).context).toBe('ada 5');
  now = 10_000;
  expect((await sign(ada, null)).context).toBe('ada 6');
});

test('what could not be signed is tried again', async () => {
  let fails = true;
  const sign = keepingSigner(async () => {
    if (fails) throw new Error('no key');
    return { context: 'signed' };
  });
  await expect(sign(null, null)).rejects.toThrow('no key');
  fails = false;
  expect(await sign(null, null)).toEqual({ context: 'signed' });
});
