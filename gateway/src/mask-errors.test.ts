import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { settingsDecoder } from './config/settings.ts';
import { createShow } from './mask-errors.ts';
import { toldBy } from './subgraph/error-source.ts';

function show(settings: Record<string, unknown>) {
  const { log, entries } = memoryLog();
  const decoded = settingsDecoder.decode({ supergraph: 's', ...settings }, '');
  const shown = createShow(decoded, log);
  return {
    entries,
    one: (extensions: Record<string, unknown>, subgraph: string | null = 'shop') => {
      const error = toldBy(
        new GraphQLError('row 7 is broken', { path: ['a', 1], extensions }),
        subgraph ?? undefined,
      );
      const [{ message, path, extensions: kept }] = shown([error]) as [GraphQLError];
      expect(path).toEqual(['a', 1]);
      return [message, kept];
    },
  };
}

const hidden = 'Something went wrong here.';
const row = 'row 7 is broken';

test('without a word errors are shown as they are', () => {
  const { one, entries } = show({});
  expect(one({ code: 'X', stacktrace: ['at'] })).toEqual([row, { code: 'X', stacktrace: ['at'] }]);
  expect(entries).toEqual([]);
});

test('masked: those without a code of their own are hidden, the others lose what speaks of the inside', () => {
  const { one, entries } = show({ maskErrors: true });
  expect(one({ code: 'DOWNSTREAM_SERVICE_ERROR', table: 't' })).toEqual([
    hidden,
    { code: 'INTERNAL_SERVER_ERROR' },
  ]);
  expect(entries).toMatchObject([
    { message: 'error masked', subgraph: 'shop', extensions: { table: 't' }, err: { message: row } },
  ]);
  expect(one({ code: 'SOLD_OUT', left: 0, exception: {} })).toEqual([row, { code: 'SOLD_OUT', left: 0 }]);
});

test('the first rule that fits decides; where none does, what holds without rules', () => {
  const { one, entries } = show({
    maskErrors: true,
    errorRules: [
      { subgraphs: ['shop'], codes: ['SOLD_OUT', 'DB_*'], message: 'hide', extensions: ['code', 'left'] },
      { subgraphs: ['shop'], message: 'show', extensions: ['code'] },
      { codes: ['SUBGRAPH_*'], message: 'hide' },
    ],
  });
  expect(one({ code: 'SOLD_OUT', left: 0, table: 't' })).toEqual([hidden, { code: 'SOLD_OUT', left: 0 }]);
  expect(one({ code: 'DB_DOWN', table: 't' })).toEqual([hidden, { code: 'DB_DOWN' }]);
  expect(entries.length).toBe(2);
  expect(one({ code: 'DOWNSTREAM_SERVICE_ERROR', table: 't' })).toEqual([
    row,
    { code: 'DOWNSTREAM_SERVICE_ERROR' },
  ]);
  expect(one({ code: 'SUBGRAPH_TIMEOUT', retryAfterMs: 1, stacktrace: [] }, 'crm')).toEqual([
    hidden,
    { code: 'SUBGRAPH_TIMEOUT', retryAfterMs: 1 },
  ]);
  expect(one({ code: 'OWN', serviceName: 'crm' }, 'crm')).toEqual([row, { code: 'OWN' }]);
  // The gateway's own are nobody's.
  expect(one({ code: 'THROTTLED', waitMs: 1 }, null)).toEqual([row, { code: 'THROTTLED', waitMs: 1 }]);
});

test('a rule that lets no code through leaves the one that says nothing', () => {
  const { one } = show({ errorRules: [{ message: 'show', extensions: [] }] });
  expect(one({ code: 'X' })).toEqual([row, { code: 'INTERNAL_SERVER_ERROR' }]);
});

test.each<[unknown, string]>([
  [{ message: 'maybe' }, 'errorRules[0].message: expected one of show, hide'],
  [{ message: 'show', subgraph: ['shop'] }, 'errorRules[0].subgraph: expected one of the keys'],
])('an error names the key: %j', (rule, message) => {
  expect(() => show({ errorRules: [rule] })).toThrow(message);
});
