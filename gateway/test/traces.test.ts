import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Collector, startCollector } from '@alexandrite/e2e/harness/collector';
import { until } from '@alexandrite/e2e/harness/until';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { openTracing } from '@alexandrite/telemetry/open-tracing';
import { traceparentHeader } from '@alexandrite/telemetry/trace';
import { readTracingSettings } from '@alexandrite/telemetry/tracing-settings';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

/** A client's own trace and its step. */
const trace = (n: number) => ({
  id: `${'4bf92f3577b34da6a3ce929d0e0e47'}${n.toString(16).padStart(2, '0')}`,
  span: '00f067aa0ba902b7',
});
const traceparent = ({ id, span }: ReturnType<typeof trace>, sampled = true) =>
  `00-${id}-${span}-${sampled ? '01' : '00'}`;

describe('with a collector', () => {
  let collector: Collector;
  let tracing: AsyncDisposable;
  let world: StationWorld;
  beforeAll(async () => {
    collector = await startCollector();
    tracing = await openTracing(
      readTracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '10' }),
      memoryLog().log,
    );
    world = await startStations();
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await tracing?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  const spansOf = (id: string, ...names: string[]) =>
    until(`${names} of ${id} have come`, async () => {
      const spans = collector.spansOf(id);
      return names.every((name) => spans.some((span) => span.name === name)) && spans;
    });

  test('a request is a step of its client, and its fetches are steps of the request', async () => {
    const { id, span } = trace(1);
    const query = 'query Weather($id: ID!) { reading(id: $id) { degrees station { name } } }';
    world.federation.subgraphs.places!.seen.length = 0;
    const answer = await world.federation.ask(
      query,
      { id: 'north' },
      { traceparent: traceparent({ id, span }) },
    );
    expect(answer).toMatchObject({ data: { reading: { station: { name: 'Station north' } } } });

    const spans = await spansOf(id, 'POST /graphql', 'compile', 'plan', 'fetch weather', 'fetch places');
    expect(spans).toHaveLength(5);
    const byName = Object.fromEntries(spans.map((one) => [one.name, one]));
    const server = byName['POST /graphql']!;
    expect(server).toMatchObject({
      service: 'gateway',
      kind: 2,
      parentSpanId: span,
      failed: false,
      attributes: {
        'http.response.status_code': 200,
        'graphql.operation.name': 'Weather',
        'graphql.operation.type': 'query',
      },
    });
    expect(byName.compile).toMatchObject({ parentSpanId: server.spanId });
    expect(byName.plan).toMatchObject({ parentSpanId: byName.compile!.spanId });
    const fetch = byName['fetch places']!;
    expect(fetch).toMatchObject({
      kind: 3,
      parentSpanId: server.spanId,
      attributes: { 'peer.service': 'places', 'graphql.errors': 0 },
    });
    const [asked] = world.federation.subgraphs.places!.seen;
    expect(asked?.headers[traceparentHeader]).toBe(`00-${id}-${fetch.spanId}-01`);
    expect(JSON.stringify(spans)).not.toContain('north');
  });

  test('a warm operation is not compiled, and a fetch that fails says how', async () => {
    const { weather } = world.federation.subgraphs;
    const query = 'query Weather($id: ID!) { reading(id: $id) { degrees station { name } } }';
    const { id, span } = trace(2);
    weather!.intercept = async () => ({ status: 200, body: 'no JSON' });
    await world.federation.ask(query, { id: 'south' }, { traceparent: traceparent({ id, span }) });
    weather!.intercept = undefined;
    const spans = await spansOf(id, 'POST /graphql', 'fetch weather');
    expect(spans.map(({ name }) => name).sort()).toEqual(['POST /graphql', 'fetch weather']);
    expect(spans.find(({ name }) => name === 'fetch weather')).toMatchObject({
      failed: true,
      attributes: { 'error.type': 'SUBGRAPH_BAD_ANSWER' },
    });
  });

  test('what the client does not want recorded is not, and is passed on as unwanted', async () => {
    const { id, span } = trace(3);
    const seen = world.federation.subgraphs.weather!.seen;
    seen.length = 0;
    await world.federation.ask('{ overview { id } }', {}, { traceparent: traceparent({ id, span }, false) });
    expect(seen[0]?.headers[traceparentHeader]).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-00$`));
    await world.federation.ask('{ overview { id } }', {}, { traceparent: traceparent(trace(4)) });
    await spansOf(trace(4).id, 'POST /graphql');
    expect(collector.spansOf(id)).toEqual([]);
  });

  test('an event is delivered in its own trace, linked to the subscription of its client', async () => {
    const client = connect(world.federation.url);
    const { id, span } = trace(5);
    await using stream = subscribe(
      client,
      'subscription { reading(id: "north") { degrees station { name } } }',
      {},
      { traceparent: traceparent({ id, span }) },
    );
    await stream.next();
    const [subscribed] = (await spansOf(id, 'WS /graphql')).filter(({ name }) => name === 'WS /graphql');
    expect(subscribed).toMatchObject({
      parentSpanId: span,
      attributes: { 'graphql.operation.type': 'subscription' },
    });

    const event = trace(6);
    const station = { id: 'north', serial: 100 };
    await world.bus.publish(
      'readings.ada.north',
      { station, degrees: 3, serial: 100, sky: 'CLEAR' },
      { messageId: 'traced', headers: { traceparent: traceparent(event) } },
    );
    await stream.next();
    const spans = await spansOf(event.id, 'deliver', 'fetch places');
    const delivered = spans.find(({ name }) => name === 'deliver');
    expect(delivered).toMatchObject({
      kind: 5,
      parentSpanId: event.span,
      links: [`${id}-${subscribed?.spanId}`],
      attributes: { 'graphql.subscription.field': 'reading', 'messaging.message.id': 'traced' },
    });
    expect(spans.find(({ name }) => name === 'fetch places')?.parentSpanId).toBe(delivered?.spanId);
    await client.dispose();
  });

  test('a stream over HTTP is a step until it stands', async () => {
    const { id, span } = trace(7);
    const gone = new AbortController();
    const response = await fetch(`${world.federation.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        traceparent: traceparent({ id, span }),
      },
      body: JSON.stringify({ query: 'subscription { overview { warmest } }' }),
      signal: gone.signal,
    });
    const spans = await spansOf(id, 'POST /graphql', 'fetch weather');
    expect(response.status).toBe(200);
    expect(spans.find(({ name }) => name === 'POST /graphql')).toMatchObject({
      attributes: { 'graphql.operation.type': 'subscription', 'http.response.status_code': 200 },
    });
    gone.abort();
  });

  test('requests that share a fetch have a step each, and the subgraph one', async () => {
    await using sharing = await startStations({ settings: { shareFetches: true } });
    const { weather } = sharing.federation.subgraphs;
    const answer = Promise.withResolvers<undefined>();
    weather!.intercept = () => answer.promise;
    const traces = [trace(9), trace(10)];
    const asked = traces.map((one) =>
      sharing.federation.ask('{ overview { warmest } }', {}, { traceparent: traceparent(one) }),
    );
    const shared = () => fetch(`${sharing.federation.url}/metrics`).then((response) => response.text());
    await until('one waits for the other', async () =>
      /gateway_shared_fetches_total\{.*\} 1$/m.test(await shared()),
    );
    answer.resolve(undefined);
    await Promise.all(asked);
    const steps = await Promise.all(
      traces.map(async ({ id }) =>
        (await spansOf(id, 'fetch weather')).find(({ name }) => name === 'fetch weather'),
      ),
    );
    expect(weather!.seen).toHaveLength(1);
    const sent = String(weather!.seen[0]?.headers[traceparentHeader]);
    expect(steps.filter((step) => sent === `00-${step?.traceId}-${step?.spanId}-01`)).toHaveLength(1);
  });

  test('what is cold, and what is kept, is counted', async () => {
    const text = await (await fetch(`${world.federation.url}/metrics`)).text();
    const count = (series: string) => Number(new RegExp(`^${series}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1]);
    expect(text).toMatch(/gateway_planning_seconds_count\{.*planner="\w+",outcome="ok".*\}/);
    expect(count('gateway_compile_seconds_count')).toBeGreaterThanOrEqual(4);
    expect(count('gateway_operation_cache_misses_total')).toBe(count('gateway_compile_seconds_count'));
    expect(count('gateway_operation_cache_hits_total')).toBeGreaterThanOrEqual(2);
    expect(count('gateway_operation_cache_entries')).toBeGreaterThanOrEqual(4);
    expect(text).toContain('otel_sdk_exporter_span_exported_total');
  });
});

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** Says which modules of OpenTelemetry's SDK are loaded. */
const tattle = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  if (/@opentelemetry\\/(sdk-trace|exporter-trace-otlp-http)\\//.test(url)) process.stderr.write('LOADED ' + url + '\\n');
  return next(url, context);
} });`;

describe('a gateway of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-traces-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What it has said between its start and its end. */
  async function lifeOf(
    environment: Record<string, string>,
    ask: (url: string) => Promise<void>,
  ): Promise<string> {
    const child = spawn(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(tattle)}`,
        main,
        '--supergraph',
        join(folder, 's.graphql'),
        '--port',
        '0',
      ],
      { env: { PATH: process.env.PATH, ...environment }, stdio: 'pipe' },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const ended = new Promise((resolve) => child.once('close', resolve));
    try {
      const url = await until('it serves', async () => {
        if (child.exitCode !== null) throw new Error(output);
        return /"url":"(http[^"]+)\/graphql"/.exec(output)?.[1];
      });
      await ask(url);
      child.kill('SIGTERM');
      await ended;
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    return output;
  }

  test('loads nothing for traces without being asked, and sends the last ones before it ends when it is', async () => {
    await using collector = await startCollector();
    await using world = await startStations();
    writeFileSync(join(folder, 's.graphql'), world.federation.supergraphSdl);
    const { seen } = world.federation.subgraphs.weather!;
    const ask = async (url: string) => {
      seen.length = 0;
      await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent: traceparent(trace(8)) },
        body: JSON.stringify({ query: '{ overview { id } }' }),
      });
    };
    const off = await lifeOf({}, ask);
    expect(off).toContain('"stopped"');
    expect(off).not.toContain('LOADED');
    const headers = Object.keys(seen[0]!.headers);
    expect(seen[0]?.headers[traceparentHeader]).toContain(trace(8).id);

    const on = await lifeOf(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc',
        OTEL_SERVICE_NAME: 'edge',
        OTEL_BSP_SCHEDULE_DELAY: '600000', // 10 minutes: what comes has come with the end
      },
      ask,
    );
    expect(on).toContain('LOADED');
    expect(Object.keys(seen[0]!.headers)).toEqual(headers);
    expect(collector.headers.authorization).toBe('Basic abc');
    expect(collector.spansOf(trace(8).id).map(({ service, name }) => `${service} ${name}`)).toEqual(
      expect.arrayContaining(['edge POST /graphql', 'edge fetch weather']),
    );
  }, 120_000); // 2 minutes: two processes start, on a machine that has other things to do

  test('says which of the variables is wrong', () => {
    const { status, stderr } = spawnSync(process.execPath, [main, '--supergraph', 'any'], {
      env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'zipkin' },
      encoding: 'utf8',
    });
    expect(stderr).toContain('OTEL_TRACES_EXPORTER: expected otlp or none, got "zipkin"');
    expect(status).toBe(2);
  });
});
