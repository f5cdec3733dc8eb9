import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ownTariffs } from './load-tariffs.ts';
import { TariffAudit } from './tariff-audit.ts';
import { TariffBook } from './tariff-book.ts';
import { changesBetween, changeText } from './tariff-changes.ts';

const folder = mkdtempSync(join(tmpdir(), 'book-'));
afterAll(() => rmSync(folder, { recursive: true }));

const base = JSON.parse(readFileSync(join(ownTariffs, '2026-11-01.json'), 'utf8'));
const now = new Date('2026-11-22T12:00:00Z');
let written = 0;
const put = (name: string, change: object, spaces = 0) =>
  writeFileSync(
    join(folder, name),
    // another size each time: some file systems count seconds only
    JSON.stringify({ ...base, note: 'x'.repeat(++written), ...change }, null, spaces),
  );

test('a tariff is added while the book is open; one in force is neither changed nor removed', async () => {
  put('november.json', { note: 'in force' });
  const refused: string[] = [];
  const taken: string[][] = [];
  await using book = new TariffBook({
    folder,
    everyMs: 3_600_000,
    now: () => now,
    onTakenUp: (files) => taken.push(files.map(({ tariff }) => tariff.version)),
    onRefused: ({ message }) => refused.push(message),
  });
  const versions = () => book.tariffs.map(({ version }) => version);
  expect(versions()).toEqual(['2026-11-01']);

  put('december.json', { version: '2026-12-01', validFrom: '2026-12-01T00:00:00+03:00', vatPercent: 25 });
  book.refresh();
  book.refresh();
  expect(versions()).toEqual(['2026-11-01', '2026-12-01']);
  put('december.json', { version: '2026-12-01', validFrom: '2026-12-01T00:00:00+03:00', vatPercent: 24 });
  book.refresh();
  expect(book.tariffs.at(-1)!.vatPercent).toBe(24); // not in force yet
  expect(taken).toHaveLength(3);

  put('november.json', { note: 'in force' }, 2); // laid out anew, and says the same
  book.refresh();
  expect(refused).toEqual([]);
  put('november.json', { note: 'in force', setupMinor: 1 });
  book.refresh();
  expect(refused.splice(0)).toEqual([
    expect.stringContaining('november.json: the tariff 2026-11-01 is in force'),
  ]);
  expect(book.tariffs[0]!.setupMinor).toBe(base.setupMinor);
  rmSync(join(folder, 'november.json'));
  book.refresh();
  expect(refused.splice(0)).toEqual([expect.stringContaining('not removed')]);
  put('november.json', { note: 'in force' });
  put('broken.json', { version: 'x', vatPercent: 'much' });
  book.refresh();
  expect(refused.splice(0)).toEqual([expect.stringContaining('broken.json: vatPercent: expected a number')]);
  expect(versions()).toEqual(['2026-11-01', '2026-12-01']);
});

test('the audit notes each version once, and again when it says something else', () => {
  rmSync(join(folder, 'broken.json'), { force: true });
  const audit = new TariffAudit(join(folder, 'deep', 'audit.jsonl'));
  expect(audit.entries()).toEqual([]);
  const tariff = { version: 'v1', validFrom: now } as never;
  expect(audit.note([{ tariff, file: 'a.json', sha256: '1' }], 'olga', 'a new year')).toHaveLength(1);
  expect(audit.note([{ tariff, file: 'a.json', sha256: '1' }], 'pricing-engine')).toEqual([]);
  expect(audit.note([{ tariff, file: 'a.json', sha256: '2' }], 'pricing-engine')).toHaveLength(1);
  expect(audit.entries()).toMatchObject([
    { version: 'v1', sha256: '1', by: 'olga', reason: 'a new year' },
    { version: 'v1', sha256: '2', by: 'pricing-engine', reason: null },
  ]);
});

test('what differs between two tariffs is told leaf by leaf', () => {
  const after = { ...base, vatPercent: 25, alloys: { ...base.alloys, SILVER_925: undefined } };
  const [first, ...others] = changesBetween(base, JSON.parse(JSON.stringify(after))).map(changeText);
  expect(first).toBe('vatPercent: 22 → 25 (+13.6 %)');
  expect(others).toEqual([expect.stringMatching(/^alloys\.SILVER_925: \{.*\} → nothing$/)]);
});
