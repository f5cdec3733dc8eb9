import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, Refused } from '@alexandrite/baton/refusal';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import type { CrmContext } from '../context.ts';
import { Approval } from './approval.ts';
import { decide } from './decision.ts';
import { mayDecidePrice } from './who-may.ts';

const longestReason = 1_000; // characters; it travels with the move

/** The customer does not want the piece at this price. Rejecting again changes nothing, not the reason either. */
export async function rejectPrice(
  context: CrmContext,
  id: string,
  reason: string | null,
): Promise<OrderRecord | Refusal> {
  if (reason !== null && reason.length > longestReason) {
    throw new CodedError(
      'BAD_USER_INPUT',
      `reason: expected at most ${longestReason} characters, got ${reason.length}`,
    );
  }
  return decide(context, id, mayDecidePrice, async ({ viewer, tx, order, move }) => {
    if (order.status === 'PRICE_REJECTED') return;
    const approval = await tx.findOne(Approval, { orderId: id });
    if (order.status === 'PRICE_CALCULATED' && approval?.priceAcceptedAt) {
      throw new Refused('PRICE_ALREADY_ACCEPTED', 'The price has been accepted: cancel the order instead.');
    }
    await move('PRICE_REJECTED', { by: viewer.sub, cause: reason?.trim() || null });
  });
}
