import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { curl } from './curl.ts';

test('a shell reads the command as it was meant, quotes and line ends too', () => {
  const query = `query { orders(filter: { number: "A-'1'" }) {\n nodes { id } } }`;
  const command = curl('http://127.0.0.1:4000', query, { name: "d'Or $HOME `ls`" });
  const script = `curl() { printf '%s\\0' "$@"; }\nTOKEN=key\n${command}`;
  const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0');
  expect(words).toEqual([
    'http://127.0.0.1:4000/graphql',
    '-H',
    'content-type: application/json',
    '-H',
    'authorization: Bearer key',
    '--data',
    JSON.stringify({ query, variables: { name: "d'Or $HOME `ls`" } }),
    '',
  ]);
});
