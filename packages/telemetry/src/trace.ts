import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import type { Span } from './span.ts';

/** One step of a trace, as W3C Trace Context names it. */
export interface Trace {
  /** 32 hex digits, the same from the shop to the subscriber. */
  traceId: string;
  /** 16 hex digits: this step. */
  spanId: string;
  sampled: boolean;
  /** What is recorded of this step; absent while traces go nowhere. */
  span?: Span | undefined;
}

/** The name of the HTTP header and of the bus message header. */
export const traceparentHeader = 'traceparent';

const storage = new AsyncLocalStorage<Trace>();

/** The step a `traceparent` speaks of, or null: an unreadable one is as good as none, says the specification. */
export function parseTraceparent(text: string | undefined): Trace | null {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text ?? '');
  if (!match) return null;
  const [, version, traceId = '', spanId = '', flags = '', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A new step: below the one that called us when it says so, else the first of a new trace. */
export function startTrace(traceparent?: string): Trace {
  const parent = parseTraceparent(traceparent);
  return parent ? childOf(parent) : { traceId: randomHex(16), spanId: randomHex(8), sampled: true };
}

export function childOf({ traceId, sampled }: Trace): Trace {
  return { traceId, spanId: randomHex(8), sampled };
}

export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

/** Runs `work` as this step: `currentTrace()` and every log line inside know it, across awaits. */
export function withTrace<T>(trace: Trace, work: () => T): T {
  return storage.run(trace, work);
}

export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/** Each call of the system's generator costs microseconds: one fills many ids. */
const randomness = Buffer.alloc(8_192);
let used = randomness.length;

function randomHex(bytes: number): string {
  if (used + bytes > randomness.length) {
    randomFillSync(randomness);
    used = 0;
  }
  used += bytes;
  const hex = randomness.toString('hex', used - bytes, used);
  // Zeros alone are no id, says the specification.
  return /[^0]/.test(hex) ? hex : randomHex(bytes);
}

/** Headers that name the current step to a subgraph or on the bus, as the parent of theirs; empty outside a trace. */
export function traceHeaders(): Record<string, string> {
  const trace = storage.getStore();
  return trace ? { [traceparentHeader]: formatTraceparent(trace) } : {};
}
