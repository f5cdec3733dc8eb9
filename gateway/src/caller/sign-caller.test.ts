import { expect, test } from '@jest/globals';
import { keepingSigner } from './sign-caller.ts';

const budget = { maximumAvailable: 1, currentlyAvailable: 1, restoreRate: 1 };

test('who asks is signed anew every ten seconds, and with every budget', () => {
  let now = 0;
  let count = 0;
  const sign = keepingSigner(
    (claims) => ({ context: `${claims?.sub} ${++count}` }),
    () => now,
  );
  const ada = { sub: 'ada', exp: 1 };
  const once = sign(ada, null);
  now = 9_999;
  expect(sign(ada, null)).toBe(once);
  expect(sign({ ...ada }, null).context).toBe('ada 2');
  expect(sign(null, null).context).toBe('undefined 3');
  expect(sign(null, null).context).toBe('undefined 3');
  expect(sign(ada, budget).context).toBe('ada 4');
  expect(sign(ada, budget).context).toBe('ada 5');
  now = 10_000;
  expect(sign(ada, null).context).toBe('ada 6');
});

test('what could not be signed is tried again', () => {
  let fails = true;
  const sign = keepingSigner(() => {
    if (fails) throw new Error('no key');
    return { context: 'signed' };
  });
  expect(() => sign(null, null)).toThrow('no key');
  fails = false;
  expect(sign(null, null)).toEqual({ context: 'signed' });
});
