import '../src/supergraph/no-telemetry.ts';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlannerName, plannerNames } from '../src/planner/planner.ts';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';

/**
 * The same operations, run by Apollo's gateway and by ours with each planner: the same answers, to the order of the
 * fields. Where ours means to differ, `ours` says so.
 */
const federations = new Map<PlannerName, Federation>();
let apollo: ApolloServer;

beforeAll(async () => {
  for (const planner of plannerNames) {
    federations.set(planner, await startFederation(library, { settings: { planner } }));
  }
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  apollo = new ApolloServer({
    gateway: new ApolloGateway({ supergraphSdl: federations.get('apollo')!.supergraphSdl, logger: quiet }),
    logger: quiet,
  });
  await apollo.start();
});

afterAll(async () => {
  await apollo?.stop();
  for (const federation of federations.values()) await federation[Symbol.asyncDispose]();
});

async function both(planner: PlannerName, query: string, variables: Record<string, unknown> = {}) {
  const ours = await federations.get(planner)!.ask(query, variables);
  const { body } = await apollo.executeOperation({ query, variables });
  if (body.kind !== 'single') throw new Error('expected one result');
  const theirs = JSON.parse(JSON.stringify(body.singleResult)) as typeof ours;
  return { ours, theirs };
}

const pathsOf = (answer: { errors?: { path?: unknown }[] }) =>
  (answer.errors ?? []).map(({ path }) => JSON.stringify(path ?? null)).sort();

const same: [string, string, Record<string, unknown>?][] = [
  ['one subgraph', '{ books { id title pages tags } }'],
  ['entities in a list', '{ books { title inStock author { id name } } }'],
  ['@provides', '{ books { author { name } } works { ... on Film { director { name } } } }'],
  ['@requires', '{ books { postage label(size: 2) } cheapest { label other: label(size: 5) title } }'],
  [
    'lists in lists with nulls',
    '{ shelves { id title ... on Book { grams author { name } } ... on Film { minutes } } }',
  ],
  ['interfaces', '{ works { __typename title ... on Book { inStock } ... on Film { director { name } } } }'],
  [
    'unions with nulls',
    '{ search(text: "all") { __typename ... on Work { title } ... on Author { id works { title } } } }',
  ],
  [
    'an interface of another subgraph',
    '{ offers { price ... on Single { book { title } } ... on Bundle { books { title author { name } } } } }',
  ],
  [
    'the same entity at several places',
    '{ works { ... on Book { author { works { author { works { title inStock } } } } } } }',
  ],
  [
    'aliases and merged fields',
    '{ a: book(id: "b1") { x: title y: title } ...F b: book(id: "b2") { title } } fragment F on Query { a: book(id: "b1") { author { name } x: title } }',
  ],
  [
    'names that every object has',
    '{ constructor: book(id: "b1") { toString: title hasOwnProperty: pages valueOf: inStock } }',
  ],
  [
    'variables and defaults',
    'query Q($id: ID! = "b2", $first: Int) { book(id: $id) { title } books(first: $first) { id } }',
    { first: 1 },
  ],
  [
    'an explicit null for a variable',
    'query Q($first: Int) { books(first: $first) { id } }',
    { first: null },
  ],
  [
    'input objects',
    'query Q($f: Filter) { echo(filter: $f, mode: QUIET) }',
    { f: { words: ['a'], deep: {} } },
  ],
  [
    'skip and include, true',
    'query Q($yes: Boolean!, $no: Boolean = false) { books { title @skip(if: $no) inStock @include(if: $yes) author @skip(if: $yes) { name } } }',
    { yes: true },
  ],
  [
    'skip and include, false',
    'query Q($yes: Boolean!, $no: Boolean = false) { books { title @skip(if: $no) inStock @include(if: $yes) author @skip(if: $yes) { name } } }',
    { yes: false },
  ],
  [
    'a condition on a fragment',
    'query Q($yes: Boolean!) { books { id ...F @include(if: $yes) } } fragment F on Book { grams author { bio } }',
    { yes: false },
  ],
  ['the names of root types', '{ __typename a: __typename books { __typename t: __typename } }'],
  [
    'introspection beside data',
    '{ __schema { queryType { name } } __type(name: "Book") { ...T } book(id: "b1") { title } } fragment T on __Type { name kind fields { name } }',
  ],
  [
    'introspection with variables',
    'query I($n: String!) { __type(name: $n) { name enumValues { name } } }',
    { n: 'Kind' },
  ],
  [
    'mutations in their order',
    'mutation { first: rename(id: "b1", title: "A") { title author { name } } second: again(id: "b1") { title inStock } third: rename(id: "none", title: "") { id } }',
  ],
  ['an entity that is not there', '{ books { id inStock } book(id: "none") { author { name } } }'],
  ['a value that clients may not see', '{ books { id kind } }'],
  ['a field that fails', '{ fails book(id: "b1") { title } }'],
  ['a non-null field that fails', '{ failsHard books { id } }'],
  ['nulls that move up', '{ strict { sure { value } } book(id: "b1") { title } }'],
  ['nulls that move up out of a list', '{ strict { sure { list } } }'],
  ['a nullable field of an entity that fails', '{ books { title author { bio } } }'],
  ['empty lists', '{ search(text: "none") { __typename } }'],
];

describe.each(plannerNames)('our executor with the planner %s, and Apollo’s gateway', (planner) => {
  test.each(same)('%s', async (_, query, variables = {}) => {
    const { ours, theirs } = await both(planner, query, variables);
    expect(JSON.stringify(ours.data)).toBe(JSON.stringify(theirs.data));
    expect(pathsOf(ours)).toEqual(pathsOf(theirs));
    expect(Boolean(ours.extensions?.valueCompletion)).toBe(Boolean(theirs.extensions?.valueCompletion));
  });

  test('errors of entities are told at every place of the entity', async () => {
    const { ours, theirs } = await both(
      planner,
      '{ authors { id friends { id born } } works { ... on Book { author { born } } } }',
    );
    expect(JSON.stringify(ours.data)).toBe(JSON.stringify(theirs.data));
    // a2 fails once at people.authors and once among the friends.
    expect(pathsOf(ours)).toEqual(['["authors",0,"friends",0,"born"]']);
  });
});
