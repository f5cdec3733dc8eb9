import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';
import { Durations, type DurationsConfiguration } from './durations.ts';

/** Node's own figures (heap, event loop, descriptors) belong to the process, however many services share it. */
let processRegistry: Registry | undefined;

function registryOfProcess(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

/** For what exists once in a process; every service's text shows it. */
export function processCounter<T extends string>(
  configuration: Omit<CounterConfiguration<T>, 'registers'>,
): Counter<T> {
  return new Counter({ ...configuration, registers: [registryOfProcess()] });
}

/** As `processCounter`; may have `collect()`. */
export function processGauge<T extends string>(
  configuration: Omit<GaugeConfiguration<T>, 'registers'>,
): Gauge<T> {
  return new Gauge({ ...configuration, registers: [registryOfProcess()] });
}

/** Prometheus' own conventions: what only grows says so, durations are in seconds, sizes in bytes. */
const endings = {
  counter: /_total$/,
  gauge: /(?<!_total|_count|_sum|_bucket)$/,
  histogram: /_(seconds|bytes)$/,
};

function named<C extends { name: string }>(kind: keyof typeof endings, configuration: C): C {
  const { name } = configuration;
  if (/^[a-z][a-z0-9_]*$/.test(name) && endings[kind].test(name)) return configuration;
  throw new TypeError(
    `expected a ${kind}'s name to end as Prometheus wants it, ${endings[kind]}, got ${name}`,
  );
}

/**
 * The metrics of one service. Never the library's global registry: with `npm start` five services share a process, and
 * two of them may well count the same thing under the same name.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #reads: (() => Promise<void>)[] = [];
  /** Whose they are. */
  readonly service: string;

  constructor(service: string) {
    this.service = service;
    this.#registry.setDefaultLabels({ service });
    registryOfProcess();
  }

  counter<T extends string>(configuration: Omit<CounterConfiguration<T>, 'registers'>): Counter<T> {
    return new Counter({ ...named('counter', configuration), registers: [this.#registry] });
  }

  /** A gauge may have `collect()`, called at each reading. */
  gauge<T extends string>(configuration: Omit<GaugeConfiguration<T>, 'registers'>): Gauge<T> {
    return new Gauge({ ...named('gauge', configuration), registers: [this.#registry] });
  }

  /** Durations in seconds, as Prometheus wants them. */
  histogram<T extends string>(configuration: Omit<HistogramConfiguration<T>, 'registers'>): Histogram<T> {
    return new Histogram({ ...named('histogram', configuration), registers: [this.#registry] });
  }

  /** As `histogram`, where each request counts. */
  durations<T extends string>(configuration: DurationsConfiguration<T>): Durations<T> {
    const durations = new Durations(named('histogram', configuration));
    this.#registry.registerMetric(durations.asMetric);
    return durations;
  }

  /**
   * Called at each reading, before anything is collected: for one look that sets several gauges, which would show what the
   * look before has found if it were the `collect` of one of them. A rejection fails the reading.
   */
  onRead(read: () => Promise<void>): void {
    this.#reads.push(read);
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** The Prometheus text of this service and of the process it runs in. */
  async text(): Promise<string> {
    await Promise.all(this.#reads.map((read) => read()));
    const [own, shared] = await Promise.all([this.#registry.metrics(), registryOfProcess().metrics()]);
    return `${own.trimEnd()}\n${shared}`;
  }
}
