import type { Bus } from '@alexandrite/bus';
import type { PricingProgress, PricingRequest, PricingResult } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import { traceHeaders } from '@alexandrite/telemetry/trace';
import type { Sentence } from '../refusal.ts';

/** How far a request is when a step begins: shares of what a large model takes. */
const progressAt: Readonly<Record<PricingProgress['step'], number>> = {
  reading: 0.05,
  welding: 0.15,
  union: 0.45,
  thickness: 0.65,
  pricing: 0.95,
};

/** The message's id is the request's: however often it is answered, one answer is stored. */
export function publishResult(bus: Bus, result: PricingResult): Promise<void> {
  return bus.publish(subjects.pricingResult, result, {
    messageId: result.requestId,
    headers: traceHeaders(),
  });
}

export function publishFailure(
  bus: Bus,
  { id, orderId }: Pick<PricingRequest, 'id' | 'orderId'>,
  code: string,
  message: Sentence,
  seconds: number,
): Promise<void> {
  return publishResult(bus, { requestId: id, orderId, outcome: 'FAILED', code, message, seconds });
}

export function publishProgress(
  bus: Bus,
  { id, orderId }: PricingRequest,
  attempt: number,
  step: PricingProgress['step'],
): Promise<void> {
  const progress: PricingProgress = { requestId: id, orderId, progress: progressAt[step], step };
  return bus.publish(subjects.pricingProgress, progress, {
    messageId: `${id}:${attempt}:${step}`,
    headers: traceHeaders(),
  });
}

/** What the customer reads when it was not the model's fault. */
export const faultSentence: Sentence = {
  en: 'The price could not be calculated because of a fault on our side. We are looking into it.',
  ru: 'Не удалось рассчитать цену из-за неполадки у нас. Мы уже разбираемся.',
};

export const missingSentence: Sentence = {
  en: 'The file of the model is no longer there. Please send it again.',
  ru: 'Файл модели не найден. Отправьте его, пожалуйста, ещё раз.',
};
