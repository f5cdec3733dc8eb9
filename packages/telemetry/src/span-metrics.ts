import {
  createNoopMeter,
  type Meter,
  type MeterProvider,
  type Counter as OtelCounter,
} from '@opentelemetry/api';
import { processCounter, processGauge } from './metrics.ts';

/** What the SDK counts of itself, under OpenTelemetry's names as Prometheus writes them. One set per process. */
let counters: ReturnType<typeof makeCounters> | undefined;
/** Spans that wait, read from the processor of the moment. */
let readQueue: (() => number) | undefined;

function makeCounters() {
  processGauge({
    name: 'otel_sdk_processor_span_queue_size',
    help: 'Spans that wait to be sent.',
    collect() {
      this.set(readQueue?.() ?? 0);
    },
  });
  return new Map([
    [
      'otel.sdk.processor.span.processed',
      processCounter({
        name: 'otel_sdk_processor_span_processed_total',
        help: 'Spans that have left the queue, or were dropped because it was full (error_type="queue_full").',
        labelNames: ['error_type'],
      }),
    ],
    [
      'otel.sdk.exporter.span.exported',
      processCounter({
        name: 'otel_sdk_exporter_span_exported_total',
        help: 'Spans that were sent, or given up (error_type not empty).',
        labelNames: ['error_type'],
      }),
    ],
  ]);
}

/** The part of a meter provider that the SDK needs to count its own spans, on our registry. */
export function spanMetrics(): MeterProvider {
  counters ??= makeCounters();
  const known = counters;
  const none = createNoopMeter();
  const meter: Meter = Object.assign(Object.create(none) as Meter, {
    createCounter(name: string): OtelCounter {
      const counter = known.get(name);
      if (!counter) return none.createCounter(name);
      return {
        add: (value, attributes) =>
          counter.inc({ error_type: String(attributes?.['error.type'] ?? '') }, value),
      };
    },
    createObservableUpDownCounter: ((name, options) => {
      const observable = none.createObservableUpDownCounter(name, options);
      if (name !== 'otel.sdk.processor.span.queue.size') return observable;
      observable.addCallback = (observe) => {
        readQueue = () => {
          let size = 0;
          void observe({ observe: (value) => (size = value) }); // the processor's observer answers at once
          return size;
        };
      };
      observable.removeCallback = () => {
        readQueue = undefined;
      };
      return observable;
    }) as Meter['createObservableUpDownCounter'],
  });
  return { getMeter: () => meter };
}
