import { expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { rehearsalOf } from './rehearsal.ts';

test('an operation for rehearsing is valid, asks for what needs no argument, and is another one each time', () => {
  const schema = buildSchema(`
    type Query { user: User  users(first: Int = 3): [User!]!  one(id: ID!): User  things: [Thing]  now: Int }
    type User { id: ID!  friends: [User]  address: Address  name(short: Boolean!): String }
    type Address { city: String }
    union Thing = User | Address
  `);
  const texts = [0, 1, 2].map((number) => rehearsalOf(schema, number));
  for (const text of texts) {
    expect(validate(schema, parse(text))).toEqual([]);
    expect(text).toContain('friends');
    expect(text).not.toMatch(/\b(one|name)\b/);
  }
  expect(new Set(texts).size).toBe(3);
});

test('a schema without anything to ask for has one all the same', () => {
  const schema = buildSchema('type Query { one(id: ID!): Int }');
  expect(validate(schema, parse(rehearsalOf(schema, 0)))).toEqual([]);
});
