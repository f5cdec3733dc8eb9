import { expect, test } from '@jest/globals';
import { DownloadUrls } from './download-url.ts';

const urls = new DownloadUrls('https://a.example', 'a secret that is long enough for it');
const parse = (url: string) => Object.fromEntries(new URL(url).searchParams);

test('a signed URL allows its own model for ten minutes', () => {
  const url = urls.of('m', 0);
  expect(url).toMatch(/^https:\/\/a\.example\/uploads\/models\/m\?expires=600&signature=/);
  expect(urls.allows('m', parse(url), 599_000)).toBe(true);
  expect(urls.allows('m', parse(url), 600_000)).toBe(false);
  expect(urls.allows('n', parse(url), 0)).toBe(false);
});

test('nothing forged is allowed', () => {
  const { expires, signature } = parse(urls.of('m', 0));
  expect(urls.allows('m', { expires: '700', signature }, 0)).toBe(false);
  expect(urls.allows('m', { expires, signature: `${signature}x` }, 0)).toBe(false);
  expect(urls.allows('m', { expires, signature: ['x'] }, 0)).toBe(false);
  expect(urls.allows('m', {}, 0)).toBe(false);
  const others = new DownloadUrls('https://a.example', 'another secret that is long enough');
  expect(others.allows('m', { expires, signature }, 0)).toBe(false);
});
