import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serverBinary } from '../../e2e/harness/servers.ts';
import { until } from '../../e2e/harness/until.ts';
import { type Readings, startReadings, streams } from './readings.ts';
import { connect, subscribe } from './socket-client.ts';

const settings = {
  subscriptions: { cursorSecret: 'a secret that signs the cursors of tests', maxBuffered: 2 },
};
let readings: Readings;
const broker = serverBinary('nats-server') ? 'nats' : 'local';
beforeAll(async () => {
  readings = await startReadings(broker, streams, settings);
});
afterAll(async () => {
  await readings?.[Symbol.asyncDispose]();
});

test(`what subscriptions do is counted (bus: ${broker})`, async () => {
  const { federation, measure, counted } = readings;
  const count = (name: string) => counted(`gateway_subscription${name}`, 'field="newest"');
  const lag = async () => {
    const text = await (await fetch(`${federation.url}/metrics`)).text();
    return /^gateway_bus_lag_messages\{.*stream="READINGS".*\} (\d+)$/m.exec(text)?.[1];
  };
  const query = 'subscription { newest { degrees station { id } } }';
  expect(await lag()).toBeUndefined();

  const client = connect(federation.url);
  const stream = subscribe(client, query);
  await stream.next();
  await measure('north', 1);
  const { extensions } = await stream.next();
  expect(await count('s_active')).toBe(1);
  expect(await count('_delivered_total')).toBe(2);
  await until('the last client has it', async () => (await count('_event_seconds_count')) === 1);
  expect(await lag()).toBe('0');
  await client.dispose();
  await until('it has left', async () => (await count('s_active')) === 0);

  await measure('north', 2);
  const again = connect(federation.url);
  await using resumed = subscribe(again, query, {}, { resumeFrom: extensions?.cursor });
  expect(await resumed.next()).toMatchObject({ data: { newest: { degrees: 2 } } });
  expect(await count('_resumed_total')).toBe(1);

  // One that begins anew at a place that is no more is not one that has resumed.
  expect(await count('_gaps_total')).toBe(0);
  await again.dispose();
});

test('a subscription whose events wait for a subgraph is behind its stream', async () => {
  const { federation, measure, counted } = readings;
  const { weather } = federation.subgraphs;
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<undefined>();
  const client = connect(federation.url);
  await using stream = subscribe(client, 'subscription { newest { degrees station { picture } } }');
  await stream.next();
  weather!.intercept = async () => {
    asked.resolve();
    return answered.promise;
  };
  const before = await counted('gateway_subscription_conflated_total', 'newest');
  for (let degrees = 0; degrees < 5; degrees++) await measure('north', degrees);
  await asked.promise;
  await until('four wait behind the first', async () => {
    return (await counted('gateway_bus_lag_messages', 'READINGS')) === 4;
  });
  answered.resolve(undefined);
  weather!.intercept = undefined;
  for (let degrees = 0; degrees < 5; degrees++) {
    expect(await stream.next()).toMatchObject({ data: { newest: { degrees } } });
  }
  await until('nothing waits', async () => (await counted('gateway_bus_lag_messages', 'READINGS')) === 0);
  expect(await counted('gateway_subscription_conflated_total', 'newest')).toBe(before);
  await client.dispose();
});
