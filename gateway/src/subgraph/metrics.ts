import type { Observe } from '@alexandrite/telemetry/durations';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { SubgraphClient } from './client.ts';
import type { EndpointEvents } from './endpoint.ts';
import type { SubgraphError } from './subgraph.ts';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * What is counted of requests to subgraphs, and of their bad days. What goes on all the time is read from the clients when
 * it is asked for.
 */
export interface SubgraphMetrics {
  of(subgraph: string): EndpointEvents & {
    /** A request has ended: `ok`, with `errors`, or with the code of a SubgraphError. */
    ended(outcome: string, ms: number): void;
    retry(granted: boolean): void;
    shed(): void;
    subscriptionLost(error: SubgraphError): void;
  };
  /** Shows a client until the function it returns is called. */
  watch(client: SubgraphClient): () => void;
}

const levels = { closed: 0, 'half-open': 1, open: 2 } as const;

export function subgraphMetrics(metrics: Metrics, log: Log): SubgraphMetrics {
  const clients = new Set<SubgraphClient>();
  const requests = metrics.durations({
    name: 'gateway_subgraph_seconds',
    help: 'Requests to subgraphs, by subgraph and outcome.',
    labelNames: ['subgraph', 'outcome'],
    buckets: seconds,
  });
  metrics.gauge({
    name: 'gateway_subgraph_in_flight',
    help: 'Requests to subgraphs that have no answer yet.',
    labelNames: ['subgraph'],
    collect() {
      this.reset();
      for (const { name, inFlight, queued } of clients) this.inc({ subgraph: name }, inFlight + queued);
    },
  });
  const retries = metrics.counter({
    name: 'gateway_subgraph_retries_total',
    help: 'Queries sent to a subgraph again, and those that were not since too many were.',
    labelNames: ['subgraph', 'outcome'],
  });
  const shed = metrics.counter({
    name: 'gateway_subgraph_shed_total',
    help: 'Requests to a subgraph that were refused since too many waited.',
    labelNames: ['subgraph'],
  });
  const circuits = metrics.counter({
    name: 'gateway_subgraph_circuit_changes_total',
    help: 'How often a URL began to be left alone, to be tried, and to be trusted again.',
    labelNames: ['subgraph', 'url', 'state'],
  });
  const ejections = metrics.counter({
    name: 'gateway_subgraph_ejections_total',
    help: 'How often a URL was left out while others of the subgraph were asked.',
    labelNames: ['subgraph', 'url'],
  });
  const lost = metrics.counter({
    name: 'gateway_subgraph_subscriptions_lost_total',
    help: 'Subscriptions at a subgraph whose connection was lost, or could not be made.',
    labelNames: ['subgraph', 'code'],
  });
  metrics.gauge({
    name: 'gateway_subgraph_subscriptions',
    help: 'Subscriptions at a subgraph, each for all clients who share it.',
    labelNames: ['subgraph'],
    collect() {
      this.reset();
      for (const { name, events } of clients) this.inc({ subgraph: name }, events.running);
    },
  });
  metrics.gauge({
    name: 'gateway_subgraph_queued',
    help: 'Requests that wait for their turn.',
    labelNames: ['subgraph'],
    collect() {
      this.reset();
      for (const { name, queued } of clients) this.inc({ subgraph: name }, queued);
    },
  });
  metrics.gauge({
    name: 'gateway_subgraph_url_in_flight',
    help: 'Requests to a URL that have no answer yet.',
    labelNames: ['subgraph', 'url'],
    collect() {
      this.reset();
      for (const { name, endpoints } of clients) {
        for (const { name: url, inFlight } of endpoints) this.inc({ subgraph: name, url }, inFlight);
      }
    },
  });
  metrics.gauge({
    name: 'gateway_subgraph_circuit',
    help: 'Whether a URL is trusted (0), being tried (1) or left alone (2).',
    labelNames: ['subgraph', 'url'],
    collect() {
      this.reset();
      for (const { name, endpoints } of clients) {
        for (const { name: url, breaker } of endpoints)
          this.set({ subgraph: name, url }, levels[breaker.state]);
      }
    },
  });
  return {
    of: (subgraph) => ({
      ended: byOutcome((outcome) => requests.series({ subgraph, outcome })),
      retry: (granted) => retries.inc({ subgraph, outcome: granted ? 'sent' : 'denied' }),
      shed: () => shed.inc({ subgraph }),
      subscriptionLost({ code, message }) {
        lost.inc({ subgraph, code });
        log.debug({ subgraph, code, reason: message }, 'a subscription at a subgraph was lost');
      },
      circuit({ name: url }, state) {
        circuits.inc({ subgraph, url, state });
        if (state === 'open') log.warn({ subgraph, url }, 'a subgraph fails: it is left alone for a while');
        else if (state === 'closed') log.info({ subgraph, url }, 'a subgraph answers again');
      },
      ejected({ name: url }, forMs) {
        ejections.inc({ subgraph, url });
        log.warn({ subgraph, url, forMs }, 'a URL of a subgraph fails: it is left out for a while');
      },
    }),
    watch(client) {
      clients.add(client);
      return () => clients.delete(client);
    },
  };
}

/** Finds each series once; there are few. */
function byOutcome(series: (outcome: string) => Observe): (outcome: string, ms: number) => void {
  const found = new Map<string, Observe>();
  return (outcome, ms) => {
    let observe = found.get(outcome);
    if (!observe) {
      observe = series(outcome);
      found.set(outcome, observe);
    }
    observe(ms / 1_000);
  };
}
