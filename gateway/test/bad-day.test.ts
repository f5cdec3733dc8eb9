import { describe, expect, test } from '@jest/globals';
import { deadlineHeader } from '../src/subgraph/exchange.ts';
import { until } from './faulty-server.ts';
import { startFederation } from './federation.ts';
import { library } from './library.ts';

const query = '{ book(id: "b1") { title inStock } }';
const withoutStock = { book: { title: 'Emeralds', inStock: null } };
const busy = { status: 503, body: 'busy' };

describe('a bad day downstream', () => {
  test('a client that waits so long tells it to every subgraph, and is answered by then', async () => {
    await using books = await startFederation(library);
    const { shop, catalogue } = books.subgraphs;
    await books.ask(query, {}, { 'x-request-timeout-ms': '20000' });
    for (const { headers } of [...catalogue!.seen, ...shop!.seen]) {
      const left = Number(headers[deadlineHeader]);
      expect(left).toBeLessThanOrEqual(20_000);
      expect(left).toBeGreaterThan(10_000);
    }
    const never = Promise.withResolvers<undefined>();
    shop!.intercept = () => never.promise;
    expect(await books.ask(query, {}, { 'x-request-timeout-ms': '2000' })).toMatchObject({
      status: 200,
      data: withoutStock,
      errors: [{ path: ['book'], extensions: { code: 'DEADLINE_EXCEEDED' } }],
    });
    never.resolve(undefined);
  });

  test('the gateway has a deadline of its own, and subgraphs have theirs', async () => {
    await using books = await startFederation(library, {
      settings: { requestTimeoutMs: 3_000, subgraphs: { overrides: { shop: { timeoutMs: 100 } } } },
    });
    const { shop, catalogue } = books.subgraphs;
    const never = Promise.withResolvers<undefined>();
    catalogue!.intercept = () => never.promise;
    expect(await books.ask(query, {}, { 'x-request-timeout-ms': '60000' })).toMatchObject({
      errors: [{ extensions: { code: 'DEADLINE_EXCEEDED' } }],
    });
    catalogue!.intercept = undefined;
    shop!.intercept = () => never.promise;
    expect(await books.ask(query)).toMatchObject({ errors: [{ extensions: { code: 'SUBGRAPH_TIMEOUT' } }] });
    never.resolve(undefined);
  });

  test('a subgraph that fails is left alone, and metrics say so', async () => {
    const circuit = { minRequests: 2, openMs: 60_000, maxOpenMs: 60_000 };
    await using books = await startFederation(library, {
      settings: { subgraphs: { retries: { max: 1, backoffMs: 1 }, overrides: { shop: { circuit } } } },
    });
    const { shop } = books.subgraphs;
    shop!.intercept = async () => busy;
    expect(await books.ask(query)).toMatchObject({
      data: withoutStock,
      errors: [{ extensions: { code: 'SUBGRAPH_BAD_ANSWER' } }],
    });
    expect(shop!.seen.length).toBe(2);
    expect(await books.ask(query)).toMatchObject({
      data: withoutStock,
      errors: [{ extensions: { code: 'SUBGRAPH_CIRCUIT_OPEN', retryAfterMs: expect.any(Number) } }],
    });
    expect(shop!.seen.length).toBe(2);
    const metrics = await (await fetch(`${books.url}/metrics`)).text();
    expect(metrics).toMatch(/gateway_subgraph_circuit\{subgraph="shop",url="[^"]+",service="gateway"\} 2/);
    expect(metrics).toMatch(
      /gateway_subgraph_circuit\{subgraph="catalogue",url="[^"]+",service="gateway"\} 0/,
    );
    expect(metrics).toMatch(/gateway_subgraph_retries_total\{subgraph="shop",outcome="sent",.*\} 1/);
  });

  test('too much for a subgraph is refused for that subgraph only', async () => {
    await using books = await startFederation(library, {
      settings: { subgraphs: { overrides: { shop: { maxInFlight: 1, maxQueued: 0 } } } },
    });
    const { shop } = books.subgraphs;
    const held = Promise.withResolvers<undefined>();
    shop!.intercept = () => held.promise;
    const first = books.ask(query);
    await until(() => shop!.seen.length === 1);
    expect(await books.ask(query)).toMatchObject({
      data: withoutStock,
      errors: [{ extensions: { code: 'SUBGRAPH_OVERLOADED', retryAfterMs: 1_000 } }],
    });
    const { catalogue } = books.subgraphs;
    expect(catalogue!.seen.length).toBe(2);
    held.resolve(undefined);
    expect(await first).toMatchObject({ data: { book: { inStock: 3 } } });
  });

  test('where that leaves nothing at all, HTTP says when to come back', async () => {
    await using books = await startFederation(library, {
      settings: { maskErrors: true, subgraphs: { maxInFlight: 1, maxQueued: 0 } },
    });
    const { catalogue } = books.subgraphs;
    const ask = () =>
      fetch(`${books.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: '{"query":"{ books { title } }"}',
      });
    const held = Promise.withResolvers<undefined>();
    catalogue!.intercept = () => held.promise;
    const first = ask();
    await until(() => catalogue!.seen.length === 1);
    // The second time the operation is known already.
    const refused = [await ask(), await ask()];
    held.resolve(undefined);
    for (const response of refused) {
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      const extensions = { code: 'SUBGRAPH_OVERLOADED', retryAfterMs: 1_000 };
      expect(await response.json()).toMatchObject({ data: null, errors: [{ extensions }] });
    }
    expect((await first).status).toBe(200);
  });

  test('a subgraph does not decide on the status of the answer', async () => {
    await using books = await startFederation(library);
    const errors = [{ message: 'no', extensions: { code: 'NO', http: { status: 418 } } }];
    books.subgraphs.shop!.intercept = async () => ({ status: 200, body: JSON.stringify({ errors }) });
    const { status, errors: told } = await books.ask(query);
    expect([status, told![0]!.extensions]).toEqual([200, { code: 'NO' }]);
  });

  test('rules say what is shown of the errors of a subgraph', async () => {
    await using books = await startFederation(library, {
      settings: {
        errorRules: [{ subgraphs: ['shop'], codes: ['SOLD_OUT'], message: 'hide', extensions: ['code'] }],
      },
    });
    const { shop, catalogue } = books.subgraphs;
    const errors = [{ message: 'row 7', extensions: { code: 'SOLD_OUT', row: 7 } }];
    const fails = async () => ({ status: 200, body: JSON.stringify({ data: null, errors }) });
    shop!.intercept = fails;
    const answer = await books.ask(query);
    expect(answer.errors).toMatchObject([
      { message: 'Something went wrong here.', path: ['book'], extensions: { code: 'SOLD_OUT' } },
    ]);
    expect(JSON.stringify(answer)).not.toContain('row');
    catalogue!.intercept = fails;
    expect(await books.ask(query)).toMatchObject({ errors: [{ message: 'row 7', extensions: { row: 7 } }] });
  });

  test('the configuration may not speak of a subgraph that is not there', async () => {
    const settings = { subgraphs: { overrides: { shap: { timeoutMs: 1 } } } };
    await expect(startFederation(library, { settings })).rejects.toThrow(
      'subgraphs.overrides.shap: expected one of the subgraphs',
    );
  });
});
