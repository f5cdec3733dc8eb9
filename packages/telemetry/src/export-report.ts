import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Log } from './log.ts';

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** A collector that is away is told of at once, and then so often. */
const tellEveryMs = 60_000; // 1 minute

/** An exporter whose failures are logged, at a bounded rate, and its recovery. */
export class ReportedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Log;
  #toldAt = Number.NEGATIVE_INFINITY;
  #lost = 0;

  constructor(exporter: SpanExporter, log: Log) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      if (result.code !== 0) this.#failed(spans.length, result.error);
      else if (this.#lost > 0) this.#recovered();
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  #failed(spans: number, error: Error | undefined): void {
    this.#lost += spans;
    const now = performance.now();
    if (now - this.#toldAt < tellEveryMs) return;
    this.#toldAt = now;
    this.#log.warn({ err: error, lost: this.#lost }, 'traces could not be sent');
  }

  #recovered(): void {
    this.#log.info({ lost: this.#lost }, 'traces are sent again');
    this.#lost = 0;
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }
}
