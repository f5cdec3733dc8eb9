import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNatsBus } from '@alexandrite/bus/nats';
import { serverBinary } from '@alexandrite/e2e/harness/servers';
import { until } from '@alexandrite/e2e/harness/until';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { expect, test } from '@jest/globals';
import { freePort } from './free-port.ts';
import { watchNats } from './nats-metrics.ts';
import { natsServer } from './servers.ts';
import { Supervisor } from './supervisor.ts';

test("nats-server's state is read as metrics: what waits, what was given again, and that it is away", async () => {
  if (!serverBinary('nats-server')) return; // said so loudly, and fails in CI
  const folder = mkdtempSync(join(tmpdir(), 'alexandrite-nats-metrics-'));
  const supervisor = new Supervisor({
    runDir: join(folder, 'run'),
    logDir: join(folder, 'logs'),
    marks: [folder],
    say: () => undefined,
  });
  try {
    const [port, monitorPort] = [await freePort(), await freePort()];
    await supervisor.start(natsServer(join(folder, 'nats'), port, monitorPort));
    await using bus = await openNatsBus({
      url: `nats://127.0.0.1:${port}`,
      name: 'test',
      log: memoryLog().log,
    });
    const stream = { name: 'TEST', subjects: ['test.>'], kind: 'log', maxAgeMs: 60_000 } as const;
    await bus.ensureStreams([{ ...stream, maxMessages: 1_000, duplicateWindowMs: 60_000 }]);
    for (const messageId of ['a', 'b', 'c']) await bus.publish('test.x', {}, { messageId });

    const metrics = new Metrics('nats');
    watchNats(metrics, `http://127.0.0.1:${monitorPort}`);
    let attempts = 0;
    const options = { stream: 'TEST', durable: 'reader', concurrency: 1, maxDeliveries: 100 };
    const release = Promise.withResolvers<void>();
    await using _consumption = await bus.consume({ ...options, backoffMs: [10] }, async ({ attempt }) => {
      attempts = attempt;
      if (attempt < 2) throw new Error('once more');
      await release.promise;
    });
    await until('the message is there a second time', async () => attempts >= 2);
    const text = await until('its second delivery is counted', async () => {
      const read = await metrics.text();
      return /nats_consumer_redelivered_messages\{.*consumer="reader".*\} 1/.test(read) && read;
    });
    release.resolve();
    for (const line of [
      /^nats_up\{.*\} 1$/m,
      /^nats_stream_messages\{.*stream="TEST".*\} 3$/m,
      /^nats_stream_messages_limit\{.*stream="TEST".*\} 1000$/m,
      /^nats_consumer_in_flight_messages\{.*consumer="reader".*\} 1$/m,
      /^nats_slow_consumers_total\{.*\} 0$/m,
      /^nats_jetstream_storage_limit_bytes\{.*\} \d/m,
    ])
      expect(text).toMatch(line);

    await supervisor.stop('nats');
    const away = await metrics.text();
    expect(away).toMatch(/^nats_up\{.*\} 0$/m);
    expect(away).not.toMatch(/^nats_stream_messages\{/m);
  } finally {
    await supervisor.stop('nats');
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
