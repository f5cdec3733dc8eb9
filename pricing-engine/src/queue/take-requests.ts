import type { Bus, Consumption, Delivery } from '@alexandrite/bus';
import { tracedHandler } from '@alexandrite/bus/traced';
import type { Channel, PriceEstimate, PricingRequest } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { TariffError } from '@alexandrite/tariff';
import type { Log } from '@alexandrite/telemetry/log';
import type { Span } from '@alexandrite/telemetry/span';
import { currentTrace } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { Refusal, refuse } from '../refusal.ts';
import { answerRequest, type PricingDesk } from './answer-request.ts';
import { type Cancellations, OrderCancelled } from './cancellations.ts';
import { durables } from './durables.ts';
import type { FairTurns } from './fair-turns.ts';
import type { PricingMetrics } from './pricing-metrics.ts';
import { publishEstimate, publishFailure, publishProgress, publishResult } from './publish-answer.ts';
import { readRequest } from './read-request.ts';
import { ModelMissing } from './read-stored-file.ts';

export interface RequestTaker extends PricingDesk {
  bus: Bus;
  log: Log;
  turns: FairTurns;
  cancellations: Cancellations;
  metrics: PricingMetrics;
}

/** Six minutes in all: a broker or a disk that is away for a moment must not cost an order its price. */
const backoffMs = [500, 2_000, 10_000, 60_000, 300_000];
const maxDeliveries = backoffMs.length + 1;

const ackWaitMs = 8_000; // 8 seconds: so long the models of a killed engine wait for another
const heartbeatMs = ackWaitMs / 3;

/** A computation that has begun when the engine stops may finish, if it is quick; then another engine takes it. */
const graceMs = 4_000;

const tracer = tracerOf('pricing-engine');

/**
 * Takes requests of one channel. More are taken than are computed, so that at the end of one the fair choice has
 * something to choose from; those that wait are kept alive by heartbeats.
 */
export function takeRequests(taker: RequestTaker, channel: Channel): Promise<Consumption> {
  const options = {
    stream: 'PRICING_REQUESTS',
    durable: durables[channel],
    filter: subjects.pricingRequest(channel),
    concurrency: taker.pool.size * 2,
    ordered: false,
    ackWaitMs,
    maxDeliveries,
    backoffMs,
  };
  return taker.bus.consume(
    options,
    tracedHandler(tracer, options, (delivery) => handle(taker, channel, delivery)),
  );
}

async function handle(taker: RequestTaker, channel: Channel, delivery: Delivery): Promise<void> {
  const request = readRequest(delivery.payload);
  const log = taker.log.child({ orderId: request.orderId, requestId: request.id, channel });
  const heartbeat = setInterval(() => delivery.working(), heartbeatMs);
  using cancelled = taker.cancellations.watch(request.orderId);
  try {
    const waits = AbortSignal.any([delivery.signal, cancelled.signal]);
    using _turn = await tracer.step('wait for a turn', { kind: 'internal' }, () =>
      taker.turns.take(channel, waits),
    );
    using stopping = after(delivery.signal, graceMs);
    const computes = AbortSignal.any([stopping.signal, cancelled.signal]);
    await answer(taker, channel, request, delivery.attempt, log, computes);
  } catch (error) {
    if (!(error instanceof OrderCancelled)) throw error;
    taker.metrics.answered(channel, 'CANCELLED', null);
    log.info({}, 'the order was cancelled, its price is not computed');
  } finally {
    clearInterval(heartbeat);
  }
}

async function answer(
  taker: RequestTaker,
  channel: Channel,
  request: PricingRequest,
  attempt: number,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { bus, metrics } = taker;
  const since = performance.now();
  const seconds = () => Math.round(performance.now() - since) / 1000;
  // One after another, and before the result: progress that comes after it would be a lie.
  let said: Promise<void> = Promise.resolve();
  // The threads call from outside of the trace.
  const trace = currentTrace();
  let stage: Span | undefined;
  const say = (publish: () => Promise<void>) => {
    said = said
      .then(publish)
      .catch((error: unknown) => log.warn({ err: error }, 'progress was not published'));
  };
  // Held back until it is known whether there is an estimate, which comes before what tells of calculating.
  let early: Parameters<typeof publishProgress>[3][] | null = [];
  const tellEarly = () => {
    for (const step of early ?? []) say(() => publishProgress(bus, request, attempt, step));
    early = null;
  };
  const onStep = (step: Parameters<typeof publishProgress>[3]) => {
    stage?.end();
    stage = tracer.begin(step, { kind: 'internal' }, trace);
    if (early && (step === 'reading' || step === 'welding')) early.push(step);
    else {
      tellEarly();
      say(() => publishProgress(bus, request, attempt, step));
    }
  };
  const onEstimate = (estimate: PriceEstimate) => {
    early = null;
    say(() => publishEstimate(bus, request, attempt, estimate));
    metrics.estimated(channel);
    const { lowestMinor, highestMinor } = estimate;
    log.info({ totalMinor: estimate.result.price.totalMinor, lowestMinor, highestMinor }, 'estimated');
  };
  try {
    const { result, source, wallMap } = await answerRequest(taker, request, { onStep, onEstimate }, signal);
    stage?.end();
    await said;
    await publishResult(bus, {
      requestId: request.id,
      orderId: request.orderId,
      outcome: 'CALCULATED',
      result,
      source,
      wallMap,
      seconds: seconds(),
    });
    metrics.answered(channel, source, seconds());
    log.info({ source, seconds: seconds(), totalMinor: result.price.totalMinor }, 'priced');
  } catch (error) {
    stage?.fail(error);
    stage?.end();
    await said;
    if (error instanceof Refusal || isRefusal(error)) {
      await publishFailure(bus, request, error, seconds());
      const isSetAside = error.code === 'MODEL_QUARANTINED';
      metrics.answered(channel, isSetAside ? 'QUARANTINED' : 'REFUSED', seconds());
      const { modelSha256 } = request;
      if (isSetAside) log.error({ modelSha256 }, 'a model that kills is set aside');
      else log.info({ code: error.code, seconds: seconds() }, 'refused');
      return;
    }
    if (signal.aborted) throw error;
    metrics.answered(channel, 'FAULT', null);
    log.error({ err: error, attempt }, 'pricing met a fault');
    // The order must not hang when the bus gives the message up.
    if (attempt >= maxDeliveries) {
      const code = error instanceof ModelMissing ? 'MODEL_MISSING' : 'PRICING_FAULT';
      await publishFailure(bus, request, refuse(code), seconds());
    }
    throw error;
  }
}

/** Codes of the tariff that are the request's doing; a tariff that cannot be used is ours. */
function isRefusal(error: unknown): error is TariffError {
  return error instanceof TariffError && error.code !== 'INVALID_TARIFF' && error.code !== 'NO_TARIFF';
}

/** Follows a signal with a delay. */
function after(signal: AbortSignal, delayMs: number): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => controller.abort(signal.reason), delayMs);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', begin);
    },
  };
}
