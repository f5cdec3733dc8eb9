import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plannerNames } from '../src/planner/planner.ts';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

describe.each(plannerNames)('errors say where their field is asked for, over plans of %s', (planner) => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(library, { settings: { planner } });
  });
  afterAll(async () => {
    await federation?.[Symbol.asyncDispose]();
  });

  /** `^` in the query marks the places; they are left out of what is sent. */
  async function ask(marked: string, variables?: Record<string, unknown>) {
    const expected: { line: number; column: number }[] = [];
    const query = marked
      .split('\n')
      .map((text, index) => {
        let line = text;
        for (let at = line.indexOf('^'); at >= 0; at = line.indexOf('^')) {
          expected.push({ line: index + 1, column: at + 1 });
          line = line.replace('^', '');
        }
        return line;
      })
      .join('\n');
    const { errors } = await federation.ask(query, variables);
    return { expected, errors: errors as { path?: unknown; locations?: unknown }[] };
  }

  test.each([
    ['a root field', '{ books { id }\n  ^fails }', ['fails']],
    ['a root field by another name', 'query A {\n  ^it: fails\n}', ['it']],
    ['a field of an entity', '{ book(id: "b1") {\n author {\n name ^bio } } }', ['book', 'author', 'bio']],
    [
      'a field that is asked for twice',
      '{ book(id: "b1") { author { ^bio } ...More } }\nfragment More on Book { author { ... @include(if: true) { ^bio } } }',
      ['book', 'author', 'bio'],
    ],
    [
      'a field that is asked for of some types only',
      '{ works { ... on Film { a: director { bio } }\n ... on Book { a: author { ^bio } } } }',
      ['works', 0, 'a', 'bio'],
    ],
  ])('%s', async (_, query, path) => {
    const { expected, errors } = await ask(query);
    expect(errors).toContainEqual(expect.objectContaining({ path, locations: expected }));
  });

  test('a field that a variable leaves out is none of the places', async () => {
    const { expected, errors } = await ask(
      'query ($no: Boolean = false) { fails @include(if: $no)\n ^fails @skip(if: $no) }',
    );
    expect(errors).toEqual([expect.objectContaining({ path: ['fails'], locations: expected })]);
  });

  test('a subgraph that cannot be had', async () => {
    federation.subgraphs.shop!.intercept = async () => ({ status: 503, body: '' });
    try {
      const { expected, errors } = await ask('{\n  ^books { title inStock }\n}');
      expect(errors).toEqual([expect.objectContaining({ path: ['books'], locations: expected })]);
    } finally {
      delete federation.subgraphs.shop!.intercept;
    }
  });

  test('a variable that does not fit', async () => {
    const { expected, errors } = await ask('query (\n  ^$id: ID!) { book(id: $id) { title } }', { id: {} });
    expect(errors).toEqual([expect.objectContaining({ locations: expected })]);
  });
});
