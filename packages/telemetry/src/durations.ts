import type { Metric } from 'prom-client';

export interface DurationsConfiguration<T extends string> {
  name: string;
  help: string;
  labelNames: readonly T[];
  /** Upper bounds in seconds, rising. */
  buckets: readonly number[];
}

/** Counts one duration, in seconds. */
export type Observe = (seconds: number) => void;

interface Series<T extends string> {
  labels: Readonly<Record<T, string>>;
  /** How many fell below each bound and above the one before it; the last: above all. */
  counts: number[];
  count: number;
  sum: number;
}

/**
 * A histogram for where each request counts: a series is found by its labels once, and observing is an addition then. It
 * reads like any other histogram of the registry.
 */
export class Durations<T extends string> {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly #buckets: readonly number[];
  readonly #labelNames: readonly T[];
  readonly #series = new Map<string, Series<T>>();

  constructor({ name, help, labelNames, buckets }: DurationsConfiguration<T>) {
    this.name = name;
    this.help = help;
    this.#labelNames = labelNames;
    this.#buckets = buckets;
  }

  /** Keep what this returns: looking it up is what costs. */
  series(labels: Readonly<Record<T, string>>): Observe {
    const key = JSON.stringify(this.#labelNames.map((name) => labels[name]));
    let series = this.#series.get(key);
    if (!series) {
      series = { labels, counts: new Array<number>(this.#buckets.length + 1).fill(0), count: 0, sum: 0 };
      this.#series.set(key, series);
    }
    const found = series;
    const buckets = this.#buckets;
    return (seconds) => {
      let index = 0;
      while (index < buckets.length && seconds > buckets[index]!) index++;
      found.counts[index]!++;
      found.count++;
      found.sum += seconds;
    };
  }

  /** What the registry asks. */
  async get() {
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series));
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  #valuesOf({ labels, counts, count, sum }: Series<T>) {
    let below = 0;
    const buckets = [...this.#buckets, '+Inf'].map((le, index) => {
      below += counts[index]!;
      return { labels: { ...labels, le }, value: below, metricName: `${this.name}_bucket` };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${this.name}_sum` },
      { labels, value: count, metricName: `${this.name}_count` },
    ];
  }

  reset(): void {
    for (const series of this.#series.values()) {
      series.counts.fill(0);
      series.count = 0;
      series.sum = 0;
    }
  }

  /** The registry's type knows the library's own classes only. */
  get asMetric(): Metric {
    return this as unknown as Metric;
  }
}
