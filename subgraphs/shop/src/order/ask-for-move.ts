import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Refusal } from '@alexandrite/baton/refusal';
import { answer, type ShopContext } from '../context.ts';
import { maySee } from '../customer/who-may.ts';

/** Asks whoever holds the order for a move against the grain, in the name of the viewer. */
export async function askForMove(
  context: ShopContext,
  by: string,
  kind: 'CANCEL' | 'HOLD' | 'RESUME',
  id: string,
  reason: string | null | undefined,
): Promise<OrderRecord | Refusal> {
  const result = await context.shop.baton.request(
    kind,
    id,
    { by, reason: reason?.trim() || null },
    { visible: (order) => maySee(context.viewer, order) },
  );
  return answer(context, result);
}
