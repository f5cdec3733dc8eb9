import { gatewayContextHeader, signContext } from '@alexandrite/auth/gateway-context';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { startCollector } from '@alexandrite/e2e/harness/collector';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { openTracing } from '@alexandrite/telemetry/open-tracing';
import { currentTrace } from '@alexandrite/telemetry/trace';
import { readTracingSettings } from '@alexandrite/telemetry/tracing-settings';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CodedError } from './coded-error.ts';
import { serveSubgraph } from './serve-subgraph.ts';
import type { RequestContext, Subgraph } from './subgraph.ts';

const gatewaySecret = 'a secret of the gateway, for tests only';
const key = sharedKey(gatewaySecret, 'GATEWAY_SECRET');
const { log, entries } = memoryLog('crm');
let subgraph: Subgraph;

beforeAll(async () => {
  subgraph = await serveSubgraph<RequestContext>({
    name: 'crm',
    host: '127.0.0.1',
    port: 0,
    gatewaySecret,
    log,
    metrics: new Metrics('crm'),
    readiness: () => ({ database: true }),
    context: (request) => request,
    resolvers: {
      Query: {
        me: (_: unknown, _args: unknown, { viewer }: RequestContext) =>
          viewer && { id: viewer.sub, role: viewer.role.toUpperCase(), name: currentTrace()?.traceId },
        budget: (_: unknown, _args: unknown, { budget }: RequestContext) => budget,
        account(_: unknown, { id }: { id: string }) {
          if (id === 'coded') throw new CodedError('BAD_USER_INPUT', 'not that one');
          throw new Error('the password is 123');
        },
      },
      Account: {
        __resolveReference: ({ id }: { id: string }) => ({
          id,
          kind: 'PARTNER',
          name: `of ${id}`,
          createdAt: new Date('2026-01-02T03:04:05.678Z'),
        }),
      },
      Mutation: {
        acceptPrice: () => ({ __typename: 'Refusal', code: 'NOT_FOUND', message: 'none' }),
        rejectPrice: () => ({ id: '1', status: 'CLOSED', version: 3 }),
      },
    },
  });
});

afterAll(async () => {
  await subgraph[Symbol.asyncDispose]();
});

async function ask(query: string, variables: object = {}, headers?: Record<string, string>) {
  const context = signContext(key, {
    claims: { sub: 'partner-1', role: 'partner', exp: 0 },
    budget: { maximumAvailable: 10, currentlyAvailable: 5, restoreRate: 1 },
  });
  const response = await fetch(`${subgraph.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [gatewayContextHeader]: context, ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: await response.json() };
}

describe('a subgraph', () => {
  test('answers nobody but the gateway', async () => {
    const foreign = signContext(sharedKey('x'.repeat(40), 'other'), { claims: null, budget: null });
    for (const header of ['', 'nonsense', foreign]) {
      const { status, body } = await ask('{ me { id } }', {}, { [gatewayContextHeader]: header });
      expect(status).toBe(401);
      expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    }
  });

  test('refuses a caller whose role is none of ours', async () => {
    const odd = signContext(key, { claims: { sub: 'x', role: 'root', exp: 0 }, budget: null });
    expect((await ask('{ me { id } }', {}, { [gatewayContextHeader]: odd })).status).toBe(401);
  });

  test('knows who asks, within which budget and trace', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const { body } = await ask(
      '{ me { id role name } budget { currentlyAvailable } }',
      {},
      { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    );
    expect(body).toEqual({
      data: { me: { id: 'partner-1', role: 'PARTNER', name: traceId }, budget: { currentlyAvailable: 5 } },
    });
  });

  test('passes on coded errors and masks all others', async () => {
    const { body } = await ask('{ coded: account(id: "coded") { id } odd: account(id: "odd") { id } }');
    expect(body.errors).toMatchObject([
      { message: 'not that one', path: ['coded'], extensions: { code: 'BAD_USER_INPUT' } },
      {
        message: 'Something failed on our side.',
        path: ['odd'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('123');
    const traceId = body.errors[1].extensions.traceId;
    expect(entries).toContainEqual(
      expect.objectContaining({
        level: 'error',
        traceId,
        err: expect.objectContaining({ message: 'the password is 123' }),
      }),
    );
    expect((await ask('{ nonsense }')).body.errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('resolves entities and unions', async () => {
    const { body } = await ask(
      `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on Account { name createdAt } }
      }`,
      {
        representations: [
          { __typename: 'Account', id: 'a' },
          { __typename: 'Account', id: 'b' },
        ],
      },
    );
    expect(body.data._entities).toEqual([
      { name: 'of a', createdAt: '2026-01-02T03:04:05.678Z' },
      { name: 'of b', createdAt: '2026-01-02T03:04:05.678Z' },
    ]);
    const mutation = await ask(
      'mutation { acceptPrice(id: "1") { __typename ... on Refusal { code } } rejectPrice(id: "1") { ... on Order { status } } }',
    );
    expect(mutation.body.data).toEqual({
      acceptPrice: { __typename: 'Refusal', code: 'NOT_FOUND' },
      rejectPrice: { status: 'CLOSED' },
    });
  });

  test('says how it is', async () => {
    const ready = await fetch(`${subgraph.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, checks: { database: true, running: true } },
    ]);
    expect((await fetch(`${subgraph.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${subgraph.url}/metrics`)).text()).toContain('graphql_request_seconds_count');
  });

  test('answers as a step of the gateway, and says in the trace what failed', async () => {
    await using collector = await startCollector();
    const tracing = await openTracing(
      readTracingSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }),
      log,
    );
    const traceId = '0af7651916cd43dd8448eb211c80319d';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    expect((await ask('{ me { name } }', {}, headers)).body.data.me.name).toBe(traceId);
    await ask('query ($id: ID!) { account(id: $id) { id } }', { id: 'any' }, headers);
    await ask('{ me { id } }', {}, { ...headers, [gatewayContextHeader]: '' });
    await fetch(`${subgraph.url}/health/ready`, { headers });
    await tracing[Symbol.asyncDispose]();

    const spans = collector.spansOf(traceId);
    expect(
      spans.map(({ name, failed, attributes }) => [name, failed, attributes['http.response.status_code']]),
    ).toEqual([
      ['POST /graphql', false, 200],
      ['POST /graphql', true, 200],
      ['POST /graphql', false, 401],
    ]);
    for (const span of spans)
      expect(span).toMatchObject({ service: 'crm', kind: 2, parentSpanId: 'b7ad6b7169203331' });
    expect(spans[1]?.attributes['error.type']).toBe('Error');
    expect(JSON.stringify(spans)).not.toContain('the password');
  });
});
