import { startCollector } from '@alexandrite/e2e/harness/collector';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { openTracing } from '@alexandrite/telemetry/open-tracing';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { readTracingSettings } from '@alexandrite/telemetry/tracing-settings';
import { expect, test } from '@jest/globals';
import { defineEntity, p } from '@mikro-orm/core';
import { openDatabase } from './open-database.ts';

const Ring = defineEntity({
  name: 'Ring',
  tableName: 'rings',
  properties: { id: p.integer().primary(), engraving: p.text() },
});
const migrations = [
  { name: '0001-rings', sql: 'create table rings (id int primary key, engraving text not null)' },
];

test.each(['http,pg', ''])(
  'statements are steps when %p is enabled, without their values',
  async (enabled) => {
    await using collector = await startCollector();
    await using server = await createTestDatabase('traced');
    const { log } = memoryLog();
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: enabled,
    };
    const tracing = await openTracing(readTracingSettings(environment), log);
    await using database = await openDatabase({
      url: server.url,
      entities: [Ring],
      migrations,
      log,
      metrics: new Metrics('shop'),
    });
    await tracerOf('shop').handle('work', undefined, { kind: 'server' }, async () => {
      await database.transaction(async (tx) => tx.create(Ring, { id: 1, engraving: 'for ever' }));
      await database.em().findOne(Ring, { engraving: 'for ever' });
      await database
        .em()
        .execute('select nonsense from rings where engraving = ?', ['for ever'])
        .catch(() => {});
    });
    await tracing[Symbol.asyncDispose]();

    const work = collector.spans.find(({ name }) => name === 'work');
    const statements = collector.spansOf(work?.traceId ?? '').filter((span) => span !== work);
    expect(statements.map(({ name, failed, service }) => [service, name, failed])).toEqual(
      enabled === ''
        ? []
        : [
            ['shop', 'insert', false],
            ['shop', 'select', false],
            ['shop', 'select', true],
          ],
    );
    for (const { parentSpanId } of statements) expect(parentSpanId).toBe(work?.spanId);
    expect(JSON.stringify(collector.spans)).not.toContain('for ever');
  },
);
