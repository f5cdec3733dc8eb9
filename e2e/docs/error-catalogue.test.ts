import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

const sources = globSync(
  ['packages', 'gateway', 'subgraphs', 'pricing-engine', 'schema'].map((folder) => `${folder}/**/*.ts`),
  {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist|test)(\/|$)|\.test\.ts$/.test(path),
  },
).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** The ways in which a source gives an error its code. */
const givesCode = [
  /(?:[a-z]\w*Error|[A-Z]\w*Error|\w*[rR]efus(?:al|ed|e))\(\s*'([A-Z][A-Z0-9_]+)'/g, // new BusError('GONE', …
  /\bcode:\s*'([A-Z][A-Z0-9_]+)'/g, // { code: 'FAILED' }
];
/** Catalogues in the sources: the keys of an object, the members of a union. */
const catalogues = [
  { path: 'gateway/src/errors.ts', from: 'export const statusOf', to: '}', code: /^ {2}([A-Z_]+):/gm },
  {
    path: 'pricing-engine/src/refusal.ts',
    from: 'const catalogue',
    to: '} satisfies',
    code: /^ {2}([A-Z_]+):/gm,
  },
  {
    path: 'packages/tariff/src/price-line.ts',
    from: 'export const priceLineLabels',
    to: '}',
    code: /^ {2}([A-Z_]+):/gm,
  },
];
const unions = /type \w*(?:Error|Finding)Code =([^;]+);/g;

function codesInSources(): Map<string, string> {
  const codes = new Map<string, string>();
  for (const { path, text } of sources) {
    for (const pattern of givesCode) {
      for (const [, code] of text.matchAll(pattern)) codes.set(code!, path);
    }
    for (const [, members] of text.matchAll(unions)) {
      for (const [, code] of members!.matchAll(/'([A-Z][A-Z0-9_]+)'/g)) codes.set(code!, path);
    }
  }
  for (const { path, from, to, code } of catalogues) {
    const { text } = sources.find((source) => source.path === path)!;
    const begin = text.indexOf(from);
    const part = text.slice(begin, text.indexOf(`\n${to}`, begin));
    const found = [...part.matchAll(code)];
    expect({ path, codes: found.length }).not.toEqual({ path, codes: 0 });
    for (const [, name] of found) codes.set(name!, path);
  }
  return codes;
}

const documented = new Set([...page.matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, code]) => code!));

test('docs/errors.md explains every code that the sources give', () => {
  const missing = [...codesInSources()].filter(([code]) => !documented.has(code));
  expect(missing).toEqual([]);
});

test('docs/errors.md explains no code that nobody gives', () => {
  const codes = codesInSources();
  const all = sources.map(({ text }) => text).join('\n');
  // Apollo Server's own codes are in the library, and named in the gateway's catalogue.
  const unknown = [...documented].filter(
    (code) => !codes.has(code) && !new RegExp(`\\b${code}\\b`).test(all),
  );
  expect(unknown).toEqual([]);
});
