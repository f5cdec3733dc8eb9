import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { counted, type Dictionary, type Words } from './dictionary.ts';

const sources = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('**/words.ts', { cwd: sources }).sort();

test('every page has words', () => {
  for (const page of ['start', 'shop', 'seller', 'operator', 'partner', 'playground'])
    expect(files).toContain(`${page}/words.ts`);
});

describe.each(files)('%s', (file) => {
  test('has the same words in both languages, none of them empty', async () => {
    const { words } = (await import(`../${file}`)) as { words: Dictionary<Words> };
    expect(Object.keys(words.ru).sort()).toEqual(Object.keys(words.en).sort());
    for (const [key, en] of Object.entries(words.en)) {
      const ru = words.ru[key]!;
      expect(typeof ru).toBe(typeof en);
      if (typeof en === 'string') expect([key, en.trim(), (ru as string).trim()]).not.toContain('');
      else expect(ru.length).toBe((en as (...values: never[]) => string).length);
    }
  });

  test('the Russian words are Russian', async () => {
    const { words } = (await import(`../${file}`)) as { words: Dictionary<Words> };
    for (const [key, ru] of Object.entries(words.ru))
      if (typeof ru === 'string' && ru !== words.en[key])
        expect([key, ru]).toEqual([key, expect.stringMatching(/[а-яё]/i)]);
  });
});

test('numbers take the right form', () => {
  const forms = { one: 'заказ', few: 'заказа', many: 'заказов' };
  expect([1, 2, 5, 11, 21, 104].map((count) => counted('ru', count, forms))).toEqual([
    '1 заказ',
    '2 заказа',
    '5 заказов',
    '11 заказов',
    '21 заказ',
    '104 заказа',
  ]);
  expect([1, 2].map((count) => counted('en', count, { one: 'order', many: 'orders' }))).toEqual([
    '1 order',
    '2 orders',
  ]);
});
