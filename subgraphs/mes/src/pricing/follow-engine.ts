import type { Bus, ConsumeOptions, Consumption, Delivery } from '@alexandrite/bus';
import { tracedHandler } from '@alexandrite/bus/traced';
import type { PricingProgress, PricingResult } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { Board } from '../dashboard/board.ts';
import { onPricingProgress } from './on-pricing-progress.ts';
import { onPricingResult, type PricingDesk } from './on-pricing-result.ts';

export interface EngineFollower extends PricingDesk {
  bus: Bus;
  board: Board;
  metrics: Metrics;
}

/** A result must not be lost: over half an hour in all, then the dead letters. */
const resultBackoffMs = [100, 500, 2_000, 10_000, 60_000, 300_000, 600_000, 900_000];
/** Progress is soon overtaken by more of it: until the database is back, and no longer. */
const progressBackoffMs = [200, 1_000, 5_000, 15_000, 30_000];

/** Begins to listen to what the pricing engines have done. */
export function followResults(follower: EngineFollower): Promise<Consumption> {
  const { bus, board, metrics, log } = follower;
  const durations = metrics.histogram({
    name: 'mes_pricing_seconds',
    help: 'From submitted to priced, as the customer waits for it.',
    labelNames: ['channel', 'outcome'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800],
  });

  const options = {
    stream: 'PRICING_RESULTS',
    durable: 'mes-pricing-results',
    filter: subjects.pricingResult,
    concurrency: 8,
    maxDeliveries: resultBackoffMs.length + 1,
    backoffMs: resultBackoffMs,
  };
  return consume(bus, metrics, options, async ({ payload }) => {
    const finished = await onPricingResult(follower, payload as PricingResult);
    if (!finished) return;
    const { orderId, channel, stage: outcome, seconds, reasonCode } = finished;
    if (seconds !== null) durations.observe({ channel, outcome }, seconds);
    log.info({ orderId, outcome, seconds, reasonCode }, 'order priced');
    board.touch();
  });
}

/** Begins to listen to how far they are. */
export function followProgress({
  bus,
  board,
  database,
  outbox,
  metrics,
}: EngineFollower): Promise<Consumption> {
  const options = {
    stream: 'PRICING_RESULTS',
    durable: 'mes-pricing-progress',
    filter: subjects.pricingProgress,
    concurrency: 8,
    maxDeliveries: progressBackoffMs.length + 1,
    backoffMs: progressBackoffMs,
  };
  return consume(bus, metrics, options, async ({ payload }) => {
    const begun = await database.transaction((tx) =>
      onPricingProgress(tx, outbox, payload as PricingProgress),
    );
    if (begun) board.touch();
  });
}

function consume(
  bus: Bus,
  metrics: Metrics,
  options: ConsumeOptions,
  handle: (message: Delivery) => Promise<void>,
): Promise<Consumption> {
  return bus.consume(options, tracedHandler(tracerOf(metrics.service), options, handle));
}
