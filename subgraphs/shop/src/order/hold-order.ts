import { isStaff } from '@alexandrite/auth/viewer';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Refusal } from '@alexandrite/baton/refusal';
import type { ShopContext } from '../context.ts';
import { refuseStaffWork } from '../customer/who-may.ts';
import { askForMove } from './ask-for-move.ts';

/** Staff stop an order where it is. */
export async function holdOrder(
  context: ShopContext,
  id: string,
  reason: string | null | undefined,
): Promise<OrderRecord | Refusal> {
  if (!context.viewer || !isStaff(context.viewer)) return refuseStaffWork(context.viewer);
  return askForMove(context, context.viewer.sub, 'HOLD', id, reason);
}
