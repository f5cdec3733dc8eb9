import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Refusal } from '@alexandrite/baton/refusal';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { answer, type ShopContext } from '../context.ts';
import { maySee } from '../customer/who-may.ts';

const longestReason = 1_000; // characters; it travels with the move

/** Asks whoever holds the order for a move against the grain, in the name of the viewer. */
export async function askForMove(
  context: ShopContext,
  by: string,
  kind: 'CANCEL' | 'HOLD' | 'RESUME',
  id: string,
  reason: string | null | undefined,
): Promise<OrderRecord | Refusal> {
  if (reason != null && reason.length > longestReason) {
    throw new CodedError(
      'BAD_USER_INPUT',
      `reason: expected at most ${longestReason} characters, got ${reason.length}`,
    );
  }
  const result = await context.shop.baton.request(
    kind,
    id,
    { by, reason: reason?.trim() || null },
    { visible: (order) => maySee(context.viewer, order) },
  );
  return answer(context, result);
}
