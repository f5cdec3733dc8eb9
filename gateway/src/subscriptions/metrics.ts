import type { Metrics } from '@alexandrite/telemetry/metrics';

/** What is counted about subscriptions. */
export interface SubscriptionMetrics {
  opened(field: string): void;
  closed(field: string): void;
  /** An event has reached all who listen to one feed. */
  delivered(field: string, publishedAt: Date): void;
  missed(field: string, count: number): void;
  badPayload(field: string): void;
}

export function subscriptionMetrics(metrics: Metrics, feeds: () => number): SubscriptionMetrics {
  const active = metrics.gauge({
    name: 'gateway_subscriptions_active',
    help: 'Subscriptions of clients, by field.',
    labelNames: ['field'],
  });
  metrics.gauge({
    name: 'gateway_subscription_feeds',
    help: 'Different subscriptions, each resolved once for all who share it.',
    collect() {
      this.set(feeds());
    },
  });
  const latency = metrics.histogram({
    name: 'gateway_subscription_event_seconds',
    help: 'From the publication of an event to the last of the clients that share it, by field.',
    labelNames: ['field'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  });
  const missed = metrics.counter({
    name: 'gateway_subscription_missed_total',
    help: 'Messages that a client was told to have missed, by field.',
    labelNames: ['field'],
  });
  const bad = metrics.counter({
    name: 'gateway_subscription_bad_payloads_total',
    help: 'Events that did not fit their field, by field.',
    labelNames: ['field'],
  });
  return {
    opened: (field) => active.inc({ field }),
    closed: (field) => active.dec({ field }),
    delivered: (field, publishedAt) =>
      latency.observe({ field }, Math.max(0, Date.now() - publishedAt.getTime()) / 1_000),
    missed: (field, count) => missed.inc({ field }, count),
    badPayload: (field) => bad.inc({ field }),
  };
}
