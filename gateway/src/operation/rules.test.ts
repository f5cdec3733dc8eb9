import { expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { withDefer } from './defer-rules.ts';
import { everyMark, rulesFor } from './rules.ts';

const schema = withDefer(
  buildSchema(`
    type Query { user(id: ID!, like: Like): User  users: [User]  me: User }
    type Subscription { user: User  users: [User] }
    input Like { name: String }
    type User { id: ID!  name: String  friends: [User] }
  `),
);
const all = rulesFor(undefined);

// Each is wrong in the sense of one rule, which nothing else of its text may have left out.
test.each([
  '{ users { id } } { me { id } }',
  '{ users { nothing } }',
  '{ users }',
  '{ me { id { it } } }',
  '{ user { id } }',
  '{ me { id: name id } }',
  'type Thing { id: Unknown }',
  '{ user(id: [1]) { id } }',
  '{ user(id: 1, id: 2) { id } }',
  '{ user(id: 1, no: 2) { id } }',
  '{ user(id: 1, like: { name: "a", name: "b" }) { id } }',
  'query($id: ID!, $id: ID!) { user(id: $id) { id } }',
  'query($id: User) { me { id } }',
  '{ user(id: $id) { id } }',
  'query($id: ID!) { me { id } }',
  'query($id: [ID]) { user(id: $id) { id } }',
  '{ me { id @unknown } }',
  '{ me { id @skip(if: true) @skip(if: true) } }',
  '{ me { ... @defer(label: 1) { id } } }',
  '{ me { ... on ID { id } } }',
  '{ me { ...Missing } }',
  '{ me { id } } fragment Unused on User { id }',
  '{ me { ... on Query { me { id } } } }',
  '{ me { ...A } } fragment A on User { id } fragment A on User { name }',
  'query A { me { id } } query A { me { id } }',
  'subscription { user { id } users { id } }',
  '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
])('no rule that has something to say is left out: %s', (text) => {
  const document = parse(text);
  const told = (rules: typeof all) => validate(schema, document, rules).map(String);
  expect(told(all)).not.toEqual([]);
  expect(told(rulesFor(text))).toEqual(told(all));
});

test('an operation without marks is looked at by few rules, and by all of them where every mark is in a comment', () => {
  expect(rulesFor('{ me { id } }').length).toBeLessThan(10);
  expect(rulesFor(`{ me { id } }\n${everyMark}`)).toEqual(all);
});
