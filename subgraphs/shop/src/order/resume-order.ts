import { isStaff } from '@alexandrite/auth/viewer';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import { isRefusal, type Refusal } from '@alexandrite/baton/refusal';
import type { ShopContext } from '../context.ts';
import { refuseStaffWork } from '../customer/who-may.ts';
import { advanceIfUploaded } from './advance-waiting-orders.ts';
import { askForMove } from './ask-for-move.ts';

/** Staff let a held order go on from where it was. */
export async function resumeOrder(context: ShopContext, id: string): Promise<OrderRecord | Refusal> {
  if (!context.viewer || !isStaff(context.viewer)) return refuseStaffWork(context.viewer);
  const result = await askForMove(context, context.viewer.sub, 'RESUME', id, null);
  if (isRefusal(result) || result.status !== 'INITIATED') return result;
  // Its file may have arrived while it was held.
  return (await advanceIfUploaded(context.shop, result.id)) ?? result;
}
