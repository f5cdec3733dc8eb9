import { randomUUID } from 'node:crypto';
import {
  type Context,
  type Link,
  type Span as OtelSpan,
  SpanKind as OtelSpanKind,
  type Tracer as OtelTracer,
  trace as otelTrace,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ReportedExporter } from './export-report.ts';
import type { Log } from './log.ts';
import type { Span, SpanAttributes, SpanKind, SpanOptions, SpanRecorder } from './span.ts';
import { spanMetrics } from './span-metrics.ts';
import type { Trace } from './trace.ts';
import type { TracingSettings } from './tracing-settings.ts';

/**
 * Records spans with OpenTelemetry's SDK and posts them as OTLP in JSON. Our own trace stays what travels: the SDK is
 * told the parent and asked for the ids, and its notion of a current span is not used.
 */
export class OtlpSpans implements SpanRecorder {
  readonly statements: boolean;
  readonly #processor: BatchSpanProcessor;
  readonly #sampler: Sampler;
  readonly #tracers = new Map<string, OtelTracer>();
  readonly #instance = randomUUID();

  constructor(settings: TracingSettings, log: Log) {
    const { url, sampler, ratio, statements, ...batches } = settings;
    this.statements = statements;
    this.#sampler = samplerOf(sampler, ratio);
    const selfObsMeterProvider = spanMetrics();
    const exporter = new ReportedExporter(new OTLPTraceExporter({ url, selfObsMeterProvider }), log);
    this.#processor = new BatchSpanProcessor({ ...batches, exporter, selfObsMeterProvider });
  }

  begin(service: string, name: string, options: SpanOptions, parent: Trace | null, remote: boolean): Span {
    const span = this.#tracer(service).startSpan(
      name,
      {
        kind: kinds[options.kind],
        attributes: options.attributes,
        links: options.links?.map(linkTo),
        startTime: options.began,
      },
      parent ? below(parent, remote) : ROOT_CONTEXT,
    );
    return new RecordedSpan(span);
  }

  /** Resolves when all has been sent, or failed, or after so long. Nothing is recorded afterwards. */
  async flush(patienceMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    // What could not be sent has been counted and told by the exporter.
    await Promise.race([this.#processor.shutdown().catch(() => {}), late]);
    clearTimeout(timer);
  }

  #tracer(service: string): OtelTracer {
    let tracer = this.#tracers.get(service);
    if (!tracer) {
      const ours = { 'service.name': service, 'service.instance.id': this.#instance };
      const resource = defaultResource()
        .merge(resourceFromAttributes(ours))
        .merge(detectResources({ detectors: [envDetector] }));
      const provider = new TracerProvider({
        resource,
        sampler: this.#sampler,
        spanProcessors: [this.#processor],
        spanLimits: { attributeCountLimit: 64, attributeValueLengthLimit: 1_000, linkCountLimit: 32 },
      });
      tracer = provider.getTracer('alexandrite');
      this.#tracers.set(service, tracer);
    }
    return tracer;
  }
}

class RecordedSpan implements Span {
  readonly trace: Trace;
  readonly #span: OtelSpan;

  constructor(span: OtelSpan) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.#span = span;
    this.trace = { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0, span: this };
  }

  set(attributes: SpanAttributes): void {
    if (this.#span.isRecording()) this.#span.setAttributes(attributes);
  }

  fail(error: unknown): void {
    if (!this.#span.isRecording()) return;
    this.#span.setAttribute('error.type', typeOf(error));
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    if (this.#span.isRecording()) this.#span.end();
  }
}

const kinds: Readonly<Record<SpanKind, OtelSpanKind>> = {
  internal: OtelSpanKind.INTERNAL,
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  producer: OtelSpanKind.PRODUCER,
  consumer: OtelSpanKind.CONSUMER,
};

function samplerOf(name: TracingSettings['sampler'], ratio: number): Sampler {
  const root = name.endsWith('always_on')
    ? new AlwaysOnSampler()
    : name.endsWith('always_off')
      ? new AlwaysOffSampler()
      : new TraceIdRatioBasedSampler(ratio);
  return name.startsWith('parentbased') ? new ParentBasedSampler({ root }) : root;
}

function below(parent: Trace, isRemote: boolean): Context {
  return otelTrace.setSpanContext(ROOT_CONTEXT, { ...contextOf(parent), isRemote });
}

function linkTo(trace: Trace): Link {
  return { context: contextOf(trace) };
}

function contextOf({ traceId, spanId, sampled }: Trace): SpanContext {
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE };
}

function typeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
