import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { validate } from 'graphql';
import { everything, generated, publicSchema } from './files.ts';

test('what the pages ask for is in the public schema', () => {
  expect(validate(publicSchema(), everything()).map((error) => error.message)).toEqual([]);
});

test('the generated types are those of the schema and the documents: else `npm run operations -w web`', () => {
  for (const [path, text] of generated()) expect(readFileSync(path, 'utf8')).toBe(text);
});
