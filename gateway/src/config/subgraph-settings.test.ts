import { expect, test } from '@jest/globals';
import { settingsDecoder } from './settings.ts';
import { settingsOf } from './subgraph-settings.ts';

const decode = (subgraphs: unknown) => settingsDecoder.decode({ supergraph: 's', subgraphs }, '').subgraphs;

test('what is said of one subgraph wins over what is said of all, and that over what is usual', () => {
  const settings = decode({
    timeoutMs: 1_000,
    retries: { max: 1 },
    overrides: { shop: { connections: 7, retries: { backoffMs: 9 }, circuit: { enabled: 'off' } } },
  });
  expect(settingsOf(settings, 'crm')).toEqual({
    timeoutMs: 1_000,
    connectTimeoutMs: 5_000,
    connections: 128,
    maxInFlight: undefined,
    maxQueued: 10_000,
    maxQueuedMs: 5_000,
    maxResponseBytes: 67_108_864,
    retries: { max: 1, backoffMs: 50, maxBackoffMs: 1_000, budgetPercent: 20 },
    circuit: {
      enabled: true,
      failurePercent: 50,
      minRequests: 20,
      windowMs: 10_000,
      openMs: 1_000,
      maxOpenMs: 5_000,
      probes: 2,
    },
    ejection: { failures: 5, baseMs: 5_000, maxMs: 60_000 },
    subscriptions: {
      protocol: 'sse',
      path: undefined,
      keepAliveMs: 15_000,
      maxSilenceMs: undefined,
      giveUpAfterMs: 60_000,
    },
  });
  expect(settingsOf(settings, 'shop')).toMatchObject({
    timeoutMs: 1_000,
    connections: 7,
    retries: { max: 1, backoffMs: 9, maxBackoffMs: 1_000 },
    circuit: { enabled: false, probes: 2 },
  });
});

test.each<[object, string]>([
  [{ protocol: 'sse', url: 'ws://a/' }, 'url: expected http: or https: for the protocol sse, got "ws://a/"'],
  [{ protocol: 'ws', url: 'ws://a/', path: '/b' }, 'url: expected no path beside it'],
])('where subscriptions are had is one place, of the protocol: %j', (subscriptions, message) => {
  const settings = decode({ overrides: { shop: { subscriptions } } });
  expect(() => settingsOf(settings, 'shop')).toThrow(`subgraphs.overrides.shop.subscriptions.${message}`);
});

test('a subgraph has one URL or several', () => {
  const { urls } = decode({ urls: { shop: 'http://a:1/', crm: ['http://b:1/', 'http://b:2/'] } });
  expect(urls).toEqual({ shop: ['http://a:1/'], crm: ['http://b:1/', 'http://b:2/'] });
});

test.each<[unknown, string]>([
  [{ overrides: { shop: { timeOutMs: 1 } } }, 'subgraphs.overrides.shop.timeOutMs: expected one of the keys'],
  [
    { overrides: { shop: { retries: { max: -1 } } } },
    'subgraphs.overrides.shop.retries.max: expected a whole',
  ],
  [{ urls: { shop: ['http://a:1/', 'x'] } }, 'subgraphs.urls.shop[1]: expected a URL'],
  [{ urls: { shop: [] } }, 'subgraphs.urls.shop: expected at least one URL'],
  [{ forwardHeaders: ['x-a', 'Connection'] }, 'subgraphs.forwardHeaders[1]: expected a header that'],
])('an error names the key: %j', (subgraphs, message) => {
  expect(() => decode(subgraphs)).toThrow(message);
});
