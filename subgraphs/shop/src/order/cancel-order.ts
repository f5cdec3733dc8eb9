import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, refusal } from '@alexandrite/baton/refusal';
import type { ShopContext } from '../context.ts';
import { askForMove } from './ask-for-move.ts';

/** The customer, or somebody who works here, wants no more of it. */
export async function cancelOrder(
  context: ShopContext,
  id: string,
  reason: string | null | undefined,
): Promise<OrderRecord | Refusal> {
  if (!context.viewer) return refusal('UNAUTHENTICATED', 'Sign in first.');
  return askForMove(context, context.viewer.sub, 'CANCEL', id, reason);
}
