import type { Bus, Consumption, DeadLetter } from '@alexandrite/bus';
import { tracedHandler } from '@alexandrite/bus/traced';
import type { Channel, PricingRequest } from '@alexandrite/schema/events';
import type { Log } from '@alexandrite/telemetry/log';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import { refuse } from '../refusal.ts';
import { durables } from './durables.ts';
import { publishFailure } from './publish-answer.ts';
import { readRequest } from './read-request.ts';

const backoffMs = [1_000, 5_000, 30_000];

/**
 * Answers requests that became dead letters without a word: those whose last attempt ended with its whole process. A
 * request whose last attempt could still say FAILED gets no second answer, since both have the same message id.
 */
export function followDeadLetters(bus: Bus, log: Log, channel: Channel): Promise<Consumption> {
  const durable = durables[channel];
  const options = {
    stream: 'DEAD_LETTERS',
    durable: `${durable}-dead`,
    filter: `dead.${durable}`,
    concurrency: 1,
    ordered: false,
    // Publishing fails only while the bus is away.
    maxDeliveries: 1_000,
    backoffMs,
  };
  return bus.consume(
    options,
    tracedHandler(tracerOf('pricing-engine'), options, async ({ payload }) => {
      const letter = payload as DeadLetter;
      const request = requestIn(letter, log);
      if (!request) return;
      const { orderId, id: requestId } = request;
      log.error(
        { orderId, requestId, reason: letter.reason, attempts: letter.attempts },
        'pricing was given up',
      );
      await publishFailure(bus, request, refuse('PRICING_FAULT'), 0);
    }),
  );
}

/** Null for what is none and has no order that waits for it. */
function requestIn(letter: DeadLetter, log: Log): PricingRequest | null {
  try {
    return readRequest(letter.payload);
  } catch (error) {
    log.error({ err: error, reason: letter.reason }, 'a dead letter that is no pricing request');
    return null;
  }
}
