import { expect, test } from '@jest/globals';
import { ownOrigin } from './own-origin.ts';

test('addresses of this machine become the page’s own, everything else stays what it is', () => {
  const page = 'http://127.0.0.1:4000/shop#/orders/1';
  expect(ownOrigin('http://localhost:4000/uploads/a?b=c', page)).toBe('http://127.0.0.1:4000/uploads/a?b=c');
  expect(ownOrigin('/uploads/a', page)).toBe('http://127.0.0.1:4000/uploads/a');
  expect(ownOrigin('http://localhost:4001/uploads/a', page)).toBe('http://127.0.0.1:4000/uploads/a');
  expect(ownOrigin('https://files.example/a?x=1', page)).toBe('https://files.example/a?x=1');
  expect(ownOrigin('http://localhost/a', 'https://shop.example/shop')).toBe('http://localhost/a');
});
