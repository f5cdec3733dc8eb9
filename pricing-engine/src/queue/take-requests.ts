import type { Bus, Consumption, DeadLetter, Delivery } from '@alexandrite/bus';
import type { Channel, PricingFailed, PricingProgress, PricingRequest } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';
import { startTrace, traceHeaders, traceparentHeader, withTrace } from '@alexandrite/telemetry/trace';
import type { Step } from '../measure-model.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import { FairSlots } from './fair-slots.ts';
import { type Desk, priceRequest } from './price-request.ts';

export const channels = ['B2B', 'B2C'] as const satisfies readonly Channel[];

/** Of slots given while both channels wait: partners are favoured, customers never starved. */
const weights = { B2B: 3, B2C: 1 } as const;

/** How far a model is when a step begins. */
const progressAt: Record<Step, number> = { reading: 0.05, welding: 0.2, union: 0.4, thickness: 0.7 };

const ackWaitMs = 30_000; // 30 seconds
const stillAtItMs = 10_000; // 10 seconds

export function durableOf(channel: Channel): string {
  return `pricing-${channel.toLowerCase()}`;
}

interface Taker extends Desk {
  bus: Bus;
  log: Log;
  metrics: EngineMetrics;
}

/**
 * Takes requests from both queues, as many at a time as there are threads, and publishes progress and results. A
 * request that keeps meeting faults ends as a dead letter; from there its order is told `PRICING_FAULT`.
 */
export async function takeRequests(taker: Taker): Promise<Consumption> {
  const slots = new FairSlots(taker.pool.size, weights);
  const consumptions: Consumption[] = [];
  for (const channel of channels) {
    consumptions.push(
      await taker.bus.consume(
        {
          stream: 'PRICING_REQUESTS',
          durable: durableOf(channel),
          filter: subjects.pricingRequest(channel),
          concurrency: taker.pool.size,
          ordered: false, // any number of engines work side by side
          ackWaitMs,
          maxDeliveries: 6,
          backoffMs: [500, 2_000, 5_000, 10_000, 20_000],
        },
        (delivery) => traced(delivery, () => takeOne(taker, slots, channel, delivery)),
      ),
      await taker.bus.consume(
        {
          stream: 'DEAD_LETTERS',
          durable: `${durableOf(channel)}-given-up`,
          filter: `dead.${durableOf(channel)}`,
          concurrency: 1,
          ordered: false,
          maxDeliveries: 1_000, // publishing fails only while the bus is away
          backoffMs: [1_000, 5_000, 30_000],
        },
        (delivery) => traced(delivery, () => giveUp(taker, delivery)),
      ),
    );
  }
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(consumptions.map((consumption) => consumption[Symbol.asyncDispose]()));
    },
  };
}

function traced<T>(delivery: Delivery, work: () => Promise<T>): Promise<T> {
  return withTrace(startTrace(delivery.headers[traceparentHeader]), work);
}

async function takeOne(
  taker: Taker,
  slots: FairSlots<Channel>,
  channel: Channel,
  delivery: Delivery,
): Promise<void> {
  const { bus, metrics } = taker;
  const request = delivery.payload as PricingRequest;
  const log = taker.log.child({ orderId: request.orderId, requestId: request.id, channel });
  const heartbeat = setInterval(() => delivery.working(), stillAtItMs);
  try {
    using _slot = await slots.take(channel, delivery.signal);
    const result = await priceRequest(taker, request, {
      signal: delivery.signal,
      onStep: (step) => tell(bus, log, request, delivery.attempt, step),
    });
    await bus.publish(subjects.pricingResult, result, {
      messageId: `${request.id}:${result.outcome}`,
      headers: traceHeaders(),
    });
    metrics.answered(channel, result);
    const { outcome, seconds } = result;
    if (result.outcome === 'FAILED') log.info({ outcome, code: result.code, seconds }, 'model refused');
    else log.info({ outcome, source: result.source, seconds }, 'model priced');
  } catch (error) {
    if (!delivery.signal.aborted) {
      metrics.faulted(channel);
      log.error({ err: error, attempt: delivery.attempt }, 'pricing met a fault');
    }
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Progress is a courtesy: a bus that does not take it does not stop the pricing. */
function tell(bus: Bus, log: Log, request: PricingRequest, attempt: number, step: Step): void {
  const progress: PricingProgress = {
    requestId: request.id,
    orderId: request.orderId,
    progress: progressAt[step],
    step,
  };
  bus
    .publish(subjects.pricingProgress, progress, {
      messageId: `${request.id}:${attempt}:${step}`,
      headers: traceHeaders(),
    })
    .catch((error: unknown) => log.warn({ err: error, step }, 'progress could not be told'));
}

/** The customer of a request that nobody could answer must not wait for ever. */
async function giveUp({ bus, log }: Taker, delivery: Delivery): Promise<void> {
  const letter = delivery.payload as DeadLetter;
  const request = letter.payload as PricingRequest;
  const result: PricingFailed = {
    requestId: request.id,
    orderId: request.orderId,
    outcome: 'FAILED',
    code: 'PRICING_FAULT',
    message: {
      en: 'We could not calculate the price of this model. We have been told and will look at it.',
      ru: 'Не удалось рассчитать цену этой модели. Мы уже знаем об этом и разберёмся.',
    },
    seconds: 0,
  };
  await bus.publish(subjects.pricingResult, result, {
    messageId: `${request.id}:GIVEN_UP`,
    headers: traceHeaders(),
  });
  const { orderId, id: requestId } = request;
  log.error({ orderId, requestId, reason: letter.reason, attempts: letter.attempts }, 'pricing was given up');
}
