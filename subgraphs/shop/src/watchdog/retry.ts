import type { SystemQuestions } from '@alexandrite/baton/ask-systems';
import type { System } from '@alexandrite/schema/order-status';
import type { WatchAction } from '@alexandrite/schema/questions';
import type { Diagnosis } from './diagnose.ts';

const systems: readonly System[] = ['SHOP', 'CRM', 'MES'];

/** A model that broke its engine once will break the next one, too; a message that got lost need not be lost again. */
const mostRetries = {
  PRICING_DEAD_LETTER: 1,
  PRICING_LOST: 3,
  OUTBOX_PARKED: 8,
  PROJECTION_BEHIND: 8,
} as const;

/** 0.5 1 2 4 … minutes, 30 at most, after the first retry. */
export function retryDelayMs(retries: number): number {
  return Math.min(1_800_000, 30_000 * 2 ** (retries - 1));
}

/** Whether doing it again by itself is safe, and not yet tried too often. */
export function mayRetry({ reason }: Pick<Diagnosis, 'reason'>, retries: number): boolean {
  return reason in mostRetries && retries < mostRetries[reason as keyof typeof mostRetries];
}

/** Does again what has failed for an order; null where there was nothing to do. */
export async function retry(
  questions: SystemQuestions,
  orderId: string,
  { reason, system }: Pick<Diagnosis, 'reason' | 'system'>,
  knownVersion: number,
): Promise<WatchAction | null> {
  if (reason === 'PROJECTION_BEHIND') {
    // whoever wrote what is missing says it again: each knows only its own moves
    const answers = await Promise.all(
      systems.map((one) => questions.ask(one, { kind: 'REPUBLISH', orderId, afterVersion: knownVersion })),
    );
    return answers.some((answer) => answer?.done?.length) ? 'MOVES_REPUBLISHED' : null;
  }
  const answer = await questions.ask(system, { kind: 'RETRY', orderId });
  return answer?.done?.at(-1) ?? null;
}
