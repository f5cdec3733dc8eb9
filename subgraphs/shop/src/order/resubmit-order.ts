import type { Baton } from '@alexandrite/baton';
import { isRefusal } from '@alexandrite/baton/refusal';

/**
 * Somebody who works here has an order priced once more whose pricing failed for reasons of ours. What was promised stays
 * promised. False when the order is not one of those any more.
 */
export async function resubmitOrder(
  baton: Baton,
  orderId: string,
  { by, reason }: { by: string; reason: string | null },
): Promise<boolean> {
  const result = await baton.hold(orderId, async (_tx, order, move) => {
    if (order.status !== 'PRICE_FAILED') return false;
    await move('SUBMITTED', { by, cause: reason });
    return true;
  });
  return !isRefusal(result) && result;
}
