import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { refusalText } from '../layout/refusals.ts';
import { wordFor, words } from '../order/words.ts';

const catalogue = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** The codes of one table of the catalogue. */
function codesOf(heading: string): string[] {
  const section = catalogue.split(/^##+ /m).find((part) => part.startsWith(heading));
  const codes = [...(section ?? '').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code!);
  expect([heading, codes.length]).toEqual([heading, expect.any(Number)]);
  expect(codes).not.toEqual([]);
  return codes;
}

test('every refusal of the platform has Russian words', () => {
  const missing = codesOf('Refusals').filter((code) => refusalText('ru', { code, message: '' }) === '');
  expect(missing).toEqual([]);
});

test('every line of a price has words in both languages', () => {
  for (const code of codesOf('Lines of a price'))
    expect([code, wordFor(words.en, code, ''), wordFor(words.ru, code, '')]).not.toContain('');
});
