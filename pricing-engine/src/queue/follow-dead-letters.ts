import type { Bus, Consumption, DeadLetter } from '@alexandrite/bus';
import type { Channel } from '@alexandrite/schema/events';
import type { Log } from '@alexandrite/telemetry/log';
import { faultSentence, publishFailure } from './publish-answer.ts';
import { readRequest } from './read-request.ts';
import { durables } from './take-requests.ts';

const backoffMs = [1_000, 5_000, 30_000, 60_000, 300_000];

/**
 * Answers requests that became dead letters without a word: those whose last attempt ended with its whole process. A
 * request that was answered gets no second answer, since both have the request's id; the MES, too, takes but one.
 */
export function followDeadLetters(bus: Bus, log: Log, channel: Channel): Promise<Consumption> {
  const durable = durables[channel];
  return bus.consume(
    {
      stream: 'DEAD_LETTERS',
      durable: `${durable}-dead`,
      filter: `dead.${durable}`,
      concurrency: 1,
      maxDeliveries: backoffMs.length + 1,
      backoffMs,
    },
    async ({ payload }) => {
      const letter = payload as DeadLetter;
      try {
        readRequest(letter.payload);
      } catch (error) {
        log.error({ err: error, reason: letter.reason }, 'a dead letter that is no pricing request');
        return;
      }
      const request = readRequest(letter.payload);
      const { orderId, id: requestId } = request;
      log.error(
        { orderId, requestId, reason: letter.reason, attempts: letter.attempts },
        'pricing was given up',
      );
      await publishFailure(bus, request, 'PRICING_FAULT', faultSentence, 0);
    },
  );
}
