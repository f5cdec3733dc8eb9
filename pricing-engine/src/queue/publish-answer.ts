import type { Bus } from '@alexandrite/bus';
import { publishTraced } from '@alexandrite/bus/traced';
import type {
  PriceEstimate,
  PricingProgress,
  PricingRequest,
  PricingResult,
} from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { traceHeaders } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { Refusal } from '../refusal.ts';

/** How far a request is when a step begins: shares of what a large model takes. */
const progressAt: Readonly<Record<PricingProgress['step'], number>> = {
  reading: 0.05,
  welding: 0.15,
  union: 0.45,
  thickness: 0.65,
  pricing: 0.95,
};

/**
 * The message's id is the request's with the outcome: however often it is answered, one answer is stored; and a dead
 * letter that is replayed may still come to a price.
 */
export function publishResult(bus: Bus, result: PricingResult): Promise<void> {
  return publishTraced(tracerOf('pricing-engine'), bus, subjects.pricingResult, result, {
    messageId: `${result.requestId}:${result.outcome}`,
    headers: traceHeaders(),
  });
}

export function publishFailure(
  bus: Bus,
  { id, orderId }: Pick<PricingRequest, 'id' | 'orderId'>,
  { code, text }: Pick<Refusal, 'code' | 'text'>,
  seconds: number,
): Promise<void> {
  return publishResult(bus, { requestId: id, orderId, outcome: 'FAILED', code, message: text, seconds });
}

/** Between knowing the triangles and measuring them. */
export function publishEstimate(
  bus: Bus,
  { id, orderId }: PricingRequest,
  attempt: number,
  estimate: PriceEstimate,
): Promise<void> {
  const step = 'welding';
  const progress: PricingProgress = { requestId: id, orderId, progress: progressAt[step], step, estimate };
  return publishTraced(tracerOf('pricing-engine'), bus, subjects.pricingProgress, progress, {
    messageId: `${id}:${attempt}:estimate`,
    headers: traceHeaders(),
  });
}

export function publishProgress(
  bus: Bus,
  { id, orderId }: PricingRequest,
  attempt: number,
  step: PricingProgress['step'],
): Promise<void> {
  const progress: PricingProgress = { requestId: id, orderId, progress: progressAt[step], step };
  return publishTraced(tracerOf('pricing-engine'), bus, subjects.pricingProgress, progress, {
    messageId: `${id}:${attempt}:${step}`,
    headers: traceHeaders(),
  });
}
