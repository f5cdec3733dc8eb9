import { type Environment, oneOf, wholeNumber } from '@alexandrite/lifecycle/environment';

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export interface TracingSettings {
  /** Where spans are posted. */
  url: string;
  sampler: (typeof samplers)[number];
  /** Of the traces that begin here, with a sampler by ratio: 0 to 1. */
  ratio: number;
  /** Whether each statement of a database is a step. */
  statements: boolean;
  /** Spans that wait; the next ones are dropped. */
  maxQueueSize: number;
  maxExportBatchSize: number;
  scheduledDelayMillis: number;
  exportTimeoutMillis: number;
}

/**
 * OpenTelemetry's own variables; null when none of them asks for traces. What only concerns the sending
 * (`OTEL_EXPORTER_OTLP_HEADERS`, `_TIMEOUT`, `_COMPRESSION`, `_CERTIFICATE`) and the resource (`OTEL_SERVICE_NAME`,
 * `OTEL_RESOURCE_ATTRIBUTES`) is read by its library. Throws a TypeError that names the variable.
 */
export function readTracingSettings(environment: Environment): TracingSettings | null {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return null;
  const endpoint = environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const ofTraces = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const asked = endpoint || ofTraces ? 'otlp' : 'none';
  if (oneOf(environment, 'OTEL_TRACES_EXPORTER', asked, ['otlp', 'none']) === 'none') return null;
  for (const name of ['OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL']) {
    oneOf(environment, name, 'http/json', ['http/json']);
  }
  const maxQueueSize = wholeNumber(environment, 'OTEL_BSP_MAX_QUEUE_SIZE', 2_048, [1, 1_000_000]);
  return {
    url: ofTraces
      ? url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ofTraces)
      : `${url('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint || 'http://localhost:4318').replace(/\/+$/, '')}/v1/traces`,
    sampler: oneOf(environment, 'OTEL_TRACES_SAMPLER', 'parentbased_always_on', samplers),
    ratio: ratio(environment.OTEL_TRACES_SAMPLER_ARG),
    // The name that OpenTelemetry's own instrumentation of PostgreSQL has.
    statements: (environment.OTEL_NODE_ENABLED_INSTRUMENTATIONS ?? '')
      .split(',')
      .some((name) => name.trim() === 'pg'),
    maxQueueSize,
    maxExportBatchSize: Math.min(
      maxQueueSize,
      wholeNumber(environment, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, [1, 1_000_000]),
    ),
    scheduledDelayMillis: wholeNumber(environment, 'OTEL_BSP_SCHEDULE_DELAY', 5_000, [1, 3_600_000]),
    exportTimeoutMillis: wholeNumber(environment, 'OTEL_BSP_EXPORT_TIMEOUT', 30_000, [1, 3_600_000]),
  };
}

function url(name: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new TypeError(`${name}: expected an http or https URL, got ${JSON.stringify(text)}`);
}

function ratio(text: string | undefined): number {
  const value = text ? Number(text) : 1;
  if (value >= 0 && value <= 1) return value;
  throw new TypeError(`OTEL_TRACES_SAMPLER_ARG: expected 0 to 1, got ${JSON.stringify(text)}`);
}
