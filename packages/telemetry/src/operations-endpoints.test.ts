import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Metrics } from './metrics.ts';
import { operationsEndpoints } from './operations-endpoints.ts';

const metrics = new Metrics('shop');
const checks = { bus: true, cache: true };
const endpoints = operationsEndpoints({
  metrics,
  readiness: () => checks,
  isAdmin: async (authorization) => {
    if (authorization === 'Bearer broken') throw new Error('broken token');
    return authorization === 'Bearer admin';
  },
  metricsToken: 'of a collector',
});
const server = createServer((request, response) => {
  if (!endpoints(request, response)) response.writeHead(404).end();
});
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });

test('live and ready', async () => {
  expect((await get('/health/live')).status).toBe(200);
  expect((await get('/health/ready?probe=1')).status).toBe(200);
  checks.cache = false;
  const unready = await get('/health/ready');
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ ready: false, checks: { bus: true, cache: false } });
  checks.cache = true;
  expect((await fetch(`${url}/health/live`, { method: 'POST' })).status).toBe(405);
  expect((await get('/health/livelong')).status).toBe(404);
});

test('metrics are for this machine and for admins', async () => {
  expect((await get('/metrics')).status).toBe(200);
  const forwarded = { 'x-forwarded-for': '10.0.0.1' };
  expect((await get('/metrics', forwarded)).status).toBe(403);
  expect((await get('/metrics', { forwarded: 'for=10.0.0.1' })).status).toBe(403);
  expect((await get('/metrics', { 'x-real-ip': '10.0.0.1' })).status).toBe(403);
  expect((await get('/metrics', { ...forwarded, authorization: 'Bearer seller' })).status).toBe(403);
  expect((await get('/metrics', { ...forwarded, authorization: 'Bearer broken' })).status).toBe(403);
  expect((await get('/metrics', { ...forwarded, authorization: 'Bearer admin' })).status).toBe(200);
  expect((await get('/metrics', { ...forwarded, authorization: 'Bearer of a collector' })).status).toBe(200);
});

test('two services of one process count apart and share the figures of the process', async () => {
  const other = new Metrics('crm');
  const name = 'moves_total';
  metrics.counter({ name, help: 'Moves', labelNames: ['to'] }).inc({ to: 'SUBMITTED' }, 2);
  other.counter({ name, help: 'Moves', labelNames: ['to'] }).inc({ to: 'CLOSED' });
  const text = await (await get('/metrics')).text();
  expect(text).toContain('moves_total{to="SUBMITTED",service="shop"} 2');
  expect(text).not.toContain('CLOSED');
  expect(text).toContain('nodejs_eventloop_lag_seconds');
  expect(await other.text()).toContain('moves_total{to="CLOSED",service="crm"} 1');
  expect(text).toMatch(/\n$/);
});

test('names are those that Prometheus wants', () => {
  const other = new Metrics('mes');
  expect(() => other.counter({ name: 'moves', help: 'Moves' })).toThrow("expected a counter's name");
  expect(() => other.gauge({ name: 'moves_total', help: 'Moves' })).toThrow("expected a gauge's name");
  expect(() => other.histogram({ name: 'move_ms', help: 'Moves' })).toThrow("expected a histogram's name");
  expect(() => other.gauge({ name: 'queue-size', help: 'Moves' })).toThrow('got queue-size');
  other.gauge({ name: 'queue_size', help: 'Moves' });
});
