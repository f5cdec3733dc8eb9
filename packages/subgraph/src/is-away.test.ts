import { connect } from 'node:net';
import { freePort } from '@alexandrite/e2e/harness/free-port';
import { describe, expect, test } from '@jest/globals';
import { isAway } from './is-away.ts';

/** PostgreSQL's answer to a text with NUL in it: asking again does not help. */
const protocolViolation = Object.assign(new Error('invalid message format'), { code: '08P01' });

describe('a server is away', () => {
  test('when nobody listens where it should be', async () => {
    const port = await freePort();
    const refused = await new Promise((resolve) => connect(port, '127.0.0.1').once('error', resolve));
    expect(isAway(refused)).toBe(true);
    expect(isAway(new Error('no order could be read', { cause: refused }))).toBe(true);
  });

  test.each(['57P03', '08006', '53300', 'UNAVAILABLE'])('when it says %s', (code) => {
    expect(isAway(Object.assign(new Error('no'), { code }))).toBe(true);
  });

  test.each([
    'Connection terminated unexpectedly',
    'Client has encountered a connection error and is not queryable',
  ])('when its client says: %s', (message) => {
    expect(isAway(new Error('no order could be read', { cause: new Error(message) }))).toBe(true);
  });

  test.each([
    new Error('no'),
    Object.assign(new Error('no'), { code: '23505' }),
    protocolViolation,
    'away',
    null,
  ])('but not with %p', (error) => {
    expect(isAway(error)).toBe(false);
  });
});
