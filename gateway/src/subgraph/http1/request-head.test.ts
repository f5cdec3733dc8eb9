import { expect, test } from '@jest/globals';
import { headerLines, requestLines, writtenRequest } from './request-head.ts';

test('a request is what it should be', () => {
  const lines = requestLines(new URL('https://user@[::1]:4000/graph ql?a=ä b#c'));
  expect(lines).toBe(
    'POST /graph%20ql?a=%C3%A4%20b HTTP/1.1\r\nhost: [::1]:4000\r\nconnection: keep-alive\r\n',
  );
  expect(requestLines(new URL('http://shop:80'))).toMatch(/^POST \/ HTTP\/1\.1\r\nhost: shop\r\n/);
  const headers = { 'content-type': 'application/json', 'x-who': 'me\tand you' };
  expect(headerLines(headers)).toBe('content-type: application/json\r\nx-who: me\tand you\r\n');
  expect(headerLines({})).toBe('');
});

test.each([
  ['a line more', { 'x-who': 'me\r\nx-role: admin' }],
  ['a line feed', { 'x-who': 'me\nx-role: admin' }],
  ['a carriage return', { 'x-who': 'me\r' }],
  ['a zero byte', { 'x-who': 'a\0b' }],
  ['letters that are not Latin-1', { 'x-who': 'me\u{10d}\u{10a}' }],
  ['a name with a line', { 'x-who: me\r\nx': 'y' }],
  ['a name with a space', { 'x who': 'y' }],
  ['an empty name', { '': 'y' }],
  ['a length', { 'Content-Length': '3' }],
  ['chunks', { 'transfer-encoding': 'chunked' }],
  ['a host', { host: 'elsewhere' }],
])('headers with %s are not sent', (_, headers: Record<string, string>) => {
  for (const _ of [1, 2])
    expect(() => headerLines(headers)).toThrow(expect.objectContaining({ code: 'HTTP_UNSENDABLE' }));
});

test.each([
  ['a: b\r\n', '{"a":"b"}'],
  ['a: b\r\n', '{"ä":"😀€"}'],
  ['a: \xe4\r\n', '{"a":"b"}'],
  ['a: \xe4\r\n', '{"ä":"😀€"}'],
  ['a: \xe4\r\n', ''],
  ['a: b\r\n', '\ud800'],
])('headers are written as Latin-1 and bodies as UTF-8: %j, %j', (head, body) => {
  const { data, encoding } = writtenRequest(head, body);
  const written = typeof data === 'string' ? Buffer.from(data, encoding) : data;
  const bytes = Buffer.from(body);
  const before = Buffer.from(`${head}content-length: ${bytes.length}\r\n\r\n`, 'latin1');
  expect(written).toEqual(Buffer.concat([before, bytes]));
});
