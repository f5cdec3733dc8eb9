import { expect, test } from '@jest/globals';
import {
  currentTrace,
  formatTraceparent,
  parseTraceparent,
  startTrace,
  traceHeaders,
  withTrace,
} from './trace.ts';

const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('continues the trace of the caller with a step of its own', () => {
  const trace = startTrace(header);
  expect(trace.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(trace.spanId).not.toBe('00f067aa0ba902b7');
  expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
});

test.each([
  undefined,
  '',
  'nonsense',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  `${header}-more`,
])('begins a new trace for %p', (text) => {
  const trace = startTrace(text);
  expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(trace.traceId).not.toBe('4bf92f3577b34da6a3ce929d0e0e4736');
});

test('a later version is read by what it has in common', () => {
  expect(parseTraceparent(`01${header.slice(2)}-more`)).toMatchObject({ sampled: true });
});

test('headers carry the trace on, and are empty outside one', () => {
  expect(traceHeaders()).toEqual({});
  const trace = startTrace(header);
  const headers = withTrace(trace, traceHeaders);
  expect(parseTraceparent(headers.traceparent)).toMatchObject({ traceId: trace.traceId });
  expect(currentTrace()).toBe(undefined);
});
