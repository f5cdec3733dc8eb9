import type { Log } from './log.ts';
import { recordWith } from './tracer.ts';
import type { TracingSettings } from './tracing-settings.ts';

/** How long closing waits for the last spans to be taken. */
const flushMs = 2_000;

/**
 * Sends the traces of this process to where `readTracingSettings` says; for null nothing is loaded and nothing done. Call
 * it before anything is built, and close it when everything else is: the last spans then leave, within two seconds. One at
 * a time in a process.
 */
export async function openTracing(settings: TracingSettings | null, log: Log): Promise<AsyncDisposable> {
  if (!settings) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const { OtlpSpans } = await import('./otlp-spans.ts');
  const spans = new OtlpSpans(settings, log);
  recordWith(spans);
  log.info({ url: settings.url, sampler: settings.sampler }, 'traces are sent');
  let closing: Promise<void> | undefined;
  const close = async () => {
    await spans.flush(flushMs);
    recordWith(undefined);
  };
  return { [Symbol.asyncDispose]: () => (closing ??= close()) };
}
