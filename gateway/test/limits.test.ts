import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation(library, {
    settings: { limits: { maxSelections: 500, maxTokens: 1_000_000 } },
  });
});
afterAll(async () => {
  await federation?.[Symbol.asyncDispose]();
});

const fragments = (count: number, of: (next: string) => string) =>
  Array.from(
    { length: count },
    (_, level) => `fragment F${level} on Book { ${of(`...F${level + 1}`)} }`,
  ).join(' ');
const errorOf = async (query: string) => (await federation.ask(query)).errors?.[0];

describe('a document that is laborious to validate', () => {
  test.each<[string, string]>([
    ['asks for one field again and again', `{ ${'cheapest { id } '.repeat(400)} }`],
    [
      'asks for one field again and again with much to compare',
      `{ ${`book(id: [${'1 '.repeat(1_000)}]) { id } `.repeat(60)} }`,
    ],
    [
      'does so in a fragment that nobody uses',
      `{ __typename } fragment F on Query { ${'fails '.repeat(400)} }`,
    ],
    [
      'grows by its fragments',
      `{ cheapest { ...F0 } } ${fragments(40, (next) => `${next} ${next}`)} fragment F40 on Book { id }`,
    ],
    ['has lines without end', `${'\n'.repeat(20_000)}{ ${'nothing '.repeat(100)} }`],
    ['grows in another operation', `query A { fails } query B { ${'fails '.repeat(501)} }`],
    ['is very deep', `{ cheapest ${'{ similar '.repeat(300)} { id } ${'} '.repeat(300)} }`],
    ['is deeper than can be read', '{ cheapest '.repeat(30_000)],
    ['has deeper values than can be read', `{ echo(filter: ${'['.repeat(50_000)}) }`],
    [
      'is a chain of fragments',
      `{ cheapest { ...F0 } } ${fragments(400, (next) => next)} fragment F400 on Book { id }`,
    ],
  ])('is refused when it %s', async (_, query) => {
    expect(await errorOf(query)).toMatchObject({ extensions: { code: 'LIMIT_EXCEEDED' } });
    const sse = await fetch(`${federation.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    expect(await sse.text()).toContain('LIMIT_EXCEEDED');
  });

  test('has fragments that spread themselves', async () => {
    const round = `{ cheapest { ...F0 } } ${fragments(2, (next) => `id ${next}`)} fragment F2 on Book { ...F0 }`;
    expect(await errorOf(round)).toMatchObject({
      message: expect.stringContaining('Cannot spread fragment'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });

  test('is no ordinary one', async () => {
    const query =
      '{ cheapest { ...A ...A } books { ...A id } } fragment A on Book { id title author { name } }';
    expect(await errorOf(query)).toBeUndefined();
    expect(await errorOf('query A { __typename } fragment')).toMatchObject({
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    });
    expect(await errorOf('fragment A on Nothing { id }')).toMatchObject({
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });
});

test('documents have a bounded length without a word of anybody', async () => {
  await using free = await startFederation(library);
  const names = Array.from({ length: 20_000 }, (_, index) => `v${index}`);
  const query = `query (${names.map((name) => `$${name}: String`).join(' ')}) {
    echo(filter: { words: [${names.map((name) => `$${name}`).join(' ')}] })
  }`;
  for (const accept of ['application/json', 'text/event-stream']) {
    const response = await fetch(`${free.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query }),
    });
    expect(await response.text()).toContain('Expected at most 15000 tokens, got more.');
  }
  expect((await free.ask(getIntrospectionQuery())).errors).toBeUndefined();
});

test('a variable whose name JSON cannot carry everywhere is refused', async () => {
  const query = 'query($__proto__: ID!) { book(id: $__proto__) { id } }';
  expect(await errorOf(query)).toMatchObject({ extensions: { code: 'NOT_SUPPORTED' } });
  const named = await federation.ask('query($constructor: ID!) { book(id: $constructor) { id } }', {
    constructor: 'b1',
  });
  expect(named.data).toEqual({ book: { id: 'b1' } });
});
