import type { Metrics } from '@alexandrite/telemetry/metrics';

/** What is counted about subscriptions. */
export interface SubscriptionMetrics {
  opened(field: string): void;
  closed(field: string): void;
  /** An event has reached all who listen to one feed. */
  delivered(field: string, publishedAt: Date): void;
  /** What the clients of a field were given; the same object each time. */
  tally(field: string): FieldTally;
  badPayload(field: string): void;
  /** A source had lost its place. */
  restarted(field: string): void;
  deadLetter(field: string, outcome: 'published' | 'failed' | 'surplus'): void;
}

/** Counted by adding to it: a gateway delivers more messages than a labelled counter likes. */
export interface FieldTally {
  delivered: number;
  /** A newer one with the same key was delivered instead. */
  conflated: number;
  dropped: number;
  /** Messages that told of a gap. */
  gaps: number;
  /** Clients that came back and were given what they had missed. */
  resumed: number;
}

export const emptyTally = (): FieldTally => ({
  delivered: 0,
  conflated: 0,
  dropped: 0,
  gaps: 0,
  resumed: 0,
});

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
  const tallies = new Map<string, FieldTally>();
  const counted = {
    delivered: 'Messages handed to clients, by field.',
    conflated: 'Messages for clients that a newer one with the same key has made needless, by field.',
    dropped: 'Messages that clients were told to have missed, by field.',
    gaps: 'Messages that told a client of missing ones, by field.',
    resumed: 'Clients that came back to where they were and were given all since, by field.',
  };
  for (const [kind, help] of Object.entries(counted)) {
    metrics.counter({
      name: `gateway_subscription_${kind === 'dropped' ? 'missed' : kind}_total`,
      help,
      labelNames: ['field'],
      collect() {
        this.reset();
        for (const [field, tally] of tallies) this.inc({ field }, tally[kind as keyof FieldTally]);
      },
    });
  }
  const deadLetters = metrics.counter({
    name: 'gateway_subscription_dead_letters_total',
    help: 'Events that did not fit their field on their way to the dead letters, by field and outcome.',
    labelNames: ['field', 'outcome'],
  });
  const restarts = metrics.counter({
    name: 'gateway_subscription_restarts_total',
    help: 'Sources of events that had lost their place and began again with the current state, by field.',
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
    tally(field) {
      const tally = tallies.get(field) ?? emptyTally();
      tallies.set(field, tally);
      return tally;
    },
    restarted: (field) => restarts.inc({ field }),
    badPayload: (field) => bad.inc({ field }),
    deadLetter: (field, outcome) => deadLetters.inc({ field, outcome }),
  };
}
