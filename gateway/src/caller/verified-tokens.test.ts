import { expect, test } from '@jest/globals';
import { VerifiedTokens } from './verified-tokens.ts';

function setUp() {
  let now = 1_000_000_000_000;
  const asked: string[] = [];
  const tokens = new VerifiedTokens(
    async (token) => {
      asked.push(token);
      if (token.startsWith('wrong')) throw new Error(token);
      return { sub: token, exp: 1_000_000_000 + (token === 'short' ? 10 : 3_600) };
    },
    () => now,
  );
  return { tokens, asked, pass: (seconds: number) => (now += seconds * 1_000) };
}

test('a token is verified once a minute, also when many come with it at a time', async () => {
  const { tokens, asked, pass } = setUp();
  const [first, second] = await Promise.all([tokens.claimsOf('ada'), tokens.claimsOf('ada')]);
  expect(first).toBe(second);
  pass(59);
  expect(await tokens.claimsOf('ada')).toBe(first);
  expect(asked).toEqual(['ada']);
  pass(1);
  await tokens.claimsOf('ada');
  expect(asked).toEqual(['ada', 'ada']);
});

test('a token counts no longer than it says', async () => {
  const { tokens, asked, pass } = setUp();
  await tokens.claimsOf('short');
  pass(14);
  await tokens.claimsOf('short');
  expect(asked).toHaveLength(1);
  pass(1);
  await tokens.claimsOf('short');
  expect(asked).toHaveLength(2);
});

test('a refusal is not kept, and neither are the oldest of too many', async () => {
  const { tokens, asked } = setUp();
  for (let i = 0; i < 2; i++) await expect(tokens.claimsOf('wrong')).rejects.toThrow('wrong');
  expect(asked).toHaveLength(2);
  for (let i = 0; i <= 5_000; i++) await tokens.claimsOf(`t${i}`);
  await tokens.claimsOf('t5000');
  expect(asked).toHaveLength(5_003);
  await tokens.claimsOf('t0');
  expect(asked).toHaveLength(5_004);
});
