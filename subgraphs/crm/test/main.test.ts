import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openNatsBus } from '@alexandrite/bus/nats';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { serverBinary, startNats, startRedis } from '@alexandrite/e2e/harness/servers';
import { streams } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { expect, test } from '@jest/globals';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const servers = serverBinary('nats-server') && serverBinary('redis-server');

(servers ? test : test.skip)(
  'a process of its own is ready on real servers, and ends when it is asked to',
  async () => {
    await using nats = await startNats();
    await using redis = await startRedis();
    await using database = await createTestDatabase('crm process');
    await using bus = await openNatsBus({ url: nats.url, name: 'test', log: memoryLog().log });
    await bus.ensureStreams(streams);

    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.url,
        NATS_URL: nats.url,
        REDIS_URL: redis.url,
        GATEWAY_SECRET: 'x'.repeat(32),
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const messages: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        const { message, url } = JSON.parse(line);
        messages.push(message);
        if (message === 'ready') {
          expect((await fetch(`${url}/health/ready`)).status).toBe(200);
          child.kill('SIGTERM');
        }
      }
      const [code, signal] =
        child.exitCode === null && child.signalCode === null
          ? await once(child, 'exit')
          : [child.exitCode, child.signalCode];
      expect([code, signal]).toEqual([null, 'SIGTERM']);
      expect(messages).toContain('database migrated');
      expect(messages.at(-1)).toBe('stopped');
    } finally {
      child.kill('SIGKILL');
    }
  },
);

test('a missing setting is said in one line', async () => {
  const child = spawn(process.execPath, [main], { env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  const [[code], lines] = await Promise.all([
    once(child, 'exit'),
    child.stderr.setEncoding('utf8').toArray(),
  ]);
  expect(code).toBe(2);
  expect(lines.join('')).toBe('DATABASE_URL: expected a value, got none\n');
});
