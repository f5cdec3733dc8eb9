import { openLocalBus } from '@alexandrite/bus/local';
import type { Cache } from '@alexandrite/cache';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { expect, test } from '@jest/globals';
import { until } from '../../../e2e/harness/until.ts';
import { Revocations } from './revocations.ts';

const limits = { maxAgeMs: 600_000, maxMessages: 100, duplicateWindowMs: 60_000 };

test('a token that is revoked while the cache is asked is not let in by what the cache knew before', async () => {
  const { log } = memoryLog();
  await using bus = await openLocalBus({ log });
  await bus.ensureStreams([{ name: 'REVOKED', subjects: ['revoked'], kind: 'log', ...limits }]);
  await using memory = openMemoryCache();
  const asked = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  // On its way for long, as caches on another machine may be.
  const cache: Cache = Object.create(memory, {
    getMany: {
      async value(keys: readonly string[]) {
        const found = await memory.getMany(keys);
        asked.resolve();
        await told.promise;
        return found;
      },
    },
    set: { value: (...set: Parameters<Cache['set']>) => memory.set(...set) },
  });
  const now = Math.floor(Date.now() / 1_000);
  await memory.set('revoked:sub:anna', String(now - 100), 600_000);
  await using revocations = await Revocations.open({
    bus,
    cache,
    subject: 'revoked',
    claims: ['sub'],
    keepMs: 600_000,
    metrics: new Metrics('test'),
    log,
  });
  // She has signed in again since.
  const claims = { sub: 'anna', iat: now - 50, exp: now + 600 };
  const checking = revocations.check(claims);
  await asked.promise;
  await bus.publish('revoked', { sub: 'anna' }, { messageId: 'again' });
  await until('it is heard of', async () => revocations.isRevoked(claims));
  told.resolve();
  await expect(checking).rejects.toMatchObject({ extensions: { code: 'TOKEN_REVOKED' } });
  expect(revocations.isRevoked(claims)).toBe(true);
});
