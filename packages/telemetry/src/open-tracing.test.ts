import { type Collector, startCollector } from '@alexandrite/e2e/harness/collector';
import { until } from '@alexandrite/e2e/harness/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { memoryLog } from './memory-log.ts';
import { Metrics } from './metrics.ts';
import { openTracing } from './open-tracing.ts';
import { currentTrace, formatTraceparent, startTrace, traceHeaders, withTrace } from './trace.ts';
import { tracerOf } from './tracer.ts';
import { readTracingSettings } from './tracing-settings.ts';

const tracer = tracerOf('shop');
const parent = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
const { log, entries } = memoryLog();
let collector: Collector;
let tracing: AsyncDisposable;

async function open(environment: Record<string, string> = {}): Promise<void> {
  tracing = await openTracing(
    readTracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...environment }),
    log,
  );
}

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await tracing[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});

test('steps are sent with their service, their parents and nothing of what errors say', async () => {
  await open();
  const failing = tracer.handle(
    'process ORDERS',
    formatTraceparent(parent),
    { kind: 'consumer', links: [{ ...parent, spanId: '1111111111111111' }] },
    () =>
      tracerOf('crm').step('settle', { kind: 'internal', attributes: { 'order.status': 'CLOSED' } }, () => {
        currentTrace()?.span?.set({ answered: false });
        throw Object.assign(new Error('the token is 4711'), { code: 'NO_LUCK' });
      }),
  );
  await expect(failing).rejects.toThrow('4711');
  await tracing[Symbol.asyncDispose]();

  const [inner, outer] = collector.spans;
  expect(outer).toMatchObject({
    service: 'shop',
    name: 'process ORDERS',
    kind: 5,
    traceId: parent.traceId,
    parentSpanId: parent.spanId,
    failed: true,
    links: [`${parent.traceId}-1111111111111111`],
  });
  expect(inner).toMatchObject({
    service: 'crm',
    name: 'settle',
    parentSpanId: outer?.spanId,
    attributes: { 'order.status': 'CLOSED', answered: false, 'error.type': 'NO_LUCK' },
  });
  expect(JSON.stringify(collector.spans)).not.toContain('4711');
});

test('what runs in a step passes its id on', async () => {
  await open();
  await tracer.handle('GET /', undefined, { kind: 'server' }, async () => {
    expect(traceHeaders().traceparent).toContain(currentTrace()?.traceId);
    expect(currentTrace()?.sampled).toBe(true);
    log.info({}, 'in a step');
    const { traceId, spanId } = currentTrace()!;
    expect(entries.at(-1)).toMatchObject({ message: 'in a step', traceId, spanId });
  });
});

test.each([
  ['parentbased_always_on', 1, true],
  ['parentbased_traceidratio', 0, false],
  ['always_off', 1, false],
] as const)('%s by %d', async (sampler, ratio, sampled) => {
  await open({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: String(ratio) });
  const own = tracer.enter('a', undefined, { kind: 'server' });
  expect(own?.trace.sampled).toBe(sampled);
  expect(own?.trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(tracer.begin('b', { kind: 'internal' }, own?.trace) !== undefined).toBe(sampled);
  own?.end();
  const unwanted = tracer.enter('c', formatTraceparent({ ...parent, sampled: false }), { kind: 'server' });
  expect(unwanted?.trace).toMatchObject({ traceId: parent.traceId, sampled: false });
  unwanted?.end();
  const wanted = tracer.enter('d', formatTraceparent(parent), { kind: 'server' });
  wanted?.end();
  await tracing[Symbol.asyncDispose]();
  const names = collector.spans.map(({ name }) => name).filter((name) => name !== 'b');
  expect(names).toEqual(sampler === 'always_off' ? [] : sampled ? ['a', 'd'] : ['d']);
});

test('a collector that is away costs spans, which are counted and told of once', async () => {
  collector.status = 400;
  await open({
    OTEL_BSP_SCHEDULE_DELAY: '1',
    OTEL_BSP_MAX_QUEUE_SIZE: '4',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2',
  });
  const counted = async (sample: string) =>
    Number(new RegExp(`^${sample} (\\d+)$`, 'm').exec(await new Metrics('any').text())?.[1] ?? 0);
  const dropped = 'otel_sdk_processor_span_processed_total\\{error_type="queue_full"\\}';
  const lost = 'otel_sdk_exporter_span_exported_total\\{error_type="OTLPExporterError"\\}';
  const before = { dropped: await counted(dropped), lost: await counted(lost) };
  for (let n = 0; n < 10; n++) tracer.enter('x', undefined, { kind: 'server' })?.end();
  await until(
    'all has been tried',
    async () => (await counted(lost)) + (await counted(dropped)) >= before.lost + before.dropped + 10,
  );
  expect((await counted(dropped)) - before.dropped).toBeGreaterThanOrEqual(4);
  expect(entries.filter(({ message }) => message === 'traces could not be sent')).toHaveLength(1);
  expect(await counted('otel_sdk_processor_span_queue_size')).toBe(0);
  collector.status = 200;
  tracer.enter('y', undefined, { kind: 'server' })?.end();
  await until('it is told', async () => entries.some(({ message }) => message === 'traces are sent again'));
});

test('closing waits two seconds for a collector that does not answer, and not longer', async () => {
  const answer = Promise.withResolvers<void>();
  collector.hold = answer.promise;
  await open();
  tracer.enter('x', undefined, { kind: 'server' })?.end();
  const since = performance.now();
  await tracing[Symbol.asyncDispose]();
  expect(performance.now() - since).toBeLessThan(4_000);
  expect(tracer.on).toBe(false);
  answer.resolve();
});

test('without the variables there is no span, and work runs in its trace all the same', async () => {
  tracing = await openTracing(readTracingSettings({}), log);
  expect(tracer.on).toBe(false);
  expect(tracer.enter('x', formatTraceparent(parent), { kind: 'server' })).toBeUndefined();
  await tracer.handle('x', formatTraceparent(parent), { kind: 'server' }, async () => {
    expect(currentTrace()).toMatchObject({ traceId: parent.traceId });
  });
  await withTrace(startTrace(), () =>
    tracer.step('y', { kind: 'internal' }, async (span) => expect(span).toBeUndefined()),
  );
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: expected an http'],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER: expected otlp or none'],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'often' }, 'OTEL_TRACES_SAMPLER: expected always_on'],
  [
    { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER_ARG: '2' },
    'OTEL_TRACES_SAMPLER_ARG: expected 0 to 1',
  ],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_BSP_MAX_QUEUE_SIZE: '0' }, 'OTEL_BSP_MAX_QUEUE_SIZE'],
])('%p is refused', (environment: Record<string, string>, message) => {
  expect(() => readTracingSettings(environment)).toThrow(message);
});

test('the standard variables say whether and where', () => {
  const at = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
  expect(readTracingSettings(at)).toMatchObject({ url: 'http://collector:4318/v1/traces' });
  expect(readTracingSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a/t' })?.url).toBe('http://a/t');
  expect(readTracingSettings({ OTEL_TRACES_EXPORTER: 'otlp' })?.url).toBe('http://localhost:4318/v1/traces');
  expect(readTracingSettings({ ...at, OTEL_TRACES_EXPORTER: 'none' })).toBeNull();
  expect(readTracingSettings({ ...at, OTEL_SDK_DISABLED: 'true' })).toBeNull();
  expect(readTracingSettings({})).toBeNull();
});
