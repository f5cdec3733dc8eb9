import { openLocalBus } from '@alexandrite/bus/local';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { until } from '@alexandrite/e2e/harness/until';
import { streams } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { expect, test } from '@jest/globals';
import { build } from './build.ts';

test('is built twice over one database, is ready, measures itself, and lets nobody in but the gateway', async () => {
  await using server = await createTestDatabase('mes build');
  await using bus = await openLocalBus({ log: memoryLog().log });
  await bus.ensureStreams(streams);
  await using cache = openMemoryCache();
  const env = {
    databaseUrl: server.url,
    host: '127.0.0.1',
    port: 0,
    gatewaySecret: 'x'.repeat(32),
    logLevel: 'silent',
    demoData: true,
  } as const;
  const [first, second] = await Promise.all([build(env, { bus, cache }), build(env, { bus, cache })]);
  await using _first = first;
  await using _second = second;

  for (const { url } of [first, second]) {
    await until('it is ready', async () => (await fetch(`${url}/health/ready`)).ok);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/mes_pricing_orders\{.*channel="B2B",state="queued".*\} 0/);
    const refused = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ dashboard { atRisk } }' }),
    });
    expect(refused.status).toBe(401);
  }
});

test('does not start without its database', async () => {
  await using bus = await openLocalBus({ log: memoryLog().log });
  await bus.ensureStreams(streams);
  await using cache = openMemoryCache();
  const databaseUrl = 'postgresql://nobody@127.0.0.1:1/mes';
  const env = { databaseUrl, host: '127.0.0.1', port: 0, gatewaySecret: 'x'.repeat(32), demoData: false };
  await expect(build({ ...env, logLevel: 'silent' }, { bus, cache })).rejects.toThrow('ECONNREFUSED');
});
