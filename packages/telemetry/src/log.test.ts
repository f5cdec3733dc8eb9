import { expect, test } from '@jest/globals';
import { logLevel } from './log.ts';
import { memoryLog } from './memory-log.ts';
import { startTrace, withTrace } from './trace.ts';

test('a line has its service, its level in words, its attributes and the trace it belongs to', async () => {
  const { log, entries } = memoryLog('shop');
  const trace = startTrace();
  await withTrace(trace, async () => {
    await null;
    log.child({ orderId: 'o1' }).info({ version: 3 }, 'order moved');
  });
  log.warn('no trace');
  expect(entries).toEqual([
    expect.objectContaining({
      service: 'shop',
      level: 'info',
      orderId: 'o1',
      version: 3,
      message: 'order moved',
      traceId: trace.traceId,
    }),
    expect.not.objectContaining({ traceId: expect.anything() }),
  ]);
});

test('secrets are not written, wherever they are', () => {
  const { log, entries } = memoryLog();
  log.child({ authSecret: 'hidden-0' }).info(
    {
      headers: { Authorization: 'Bearer hidden-1', accept: 'text/html' },
      list: [{ token: 'hidden-2' }],
      GATEWAY_SECRET: 'hidden-3',
      url: 'postgres://shop:hidden-4@127.0.0.1:5432/shop',
      tokens: 12,
      deep: { a: { b: { c: { d: { e: { token: 'hidden-5' } } } } } },
      err: new Error('broken'),
    },
    'request',
  );
  const text = JSON.stringify(entries);
  expect(text).not.toContain('hidden');
  expect(entries[0]).toMatchObject({
    headers: { Authorization: '[redacted]', accept: 'text/html' },
    url: 'postgres://127.0.0.1:5432/shop',
    tokens: 12,
    err: { message: 'broken', stack: expect.any(String) },
  });
});

test('a misspelt level is refused', () => {
  expect(logLevel(undefined)).toBe('info');
  expect(logLevel('debug')).toBe('debug');
  expect(() => logLevel('verbose')).toThrow('LOG_LEVEL: expected one of');
});
