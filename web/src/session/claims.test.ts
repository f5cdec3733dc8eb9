import { expect, test } from '@jest/globals';
import { bareToken, claimsOf } from './claims.ts';

const token = (claims: unknown) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

test('reads who and until when, with or without the word Bearer', () => {
  const text = token({ sub: 'покупатель-1', role: 'customer', exp: 1_800_000_000 });
  const claims = { sub: 'покупатель-1', role: 'customer', exp: 1_800_000_000 };
  expect(claimsOf(text)).toEqual(claims);
  expect(claimsOf(`  Bearer ${text}\n`)).toEqual(claims);
  expect(bareToken(`bearer ${text}`)).toBe(text);
});

test('what is no token of this platform reads as null', () => {
  for (const text of [
    '',
    'abc',
    'a.b.c',
    token({ sub: 'x' }),
    token({ sub: 'x', role: 'king' }),
    token(null),
  ])
    expect(claimsOf(text)).toBeNull();
});
