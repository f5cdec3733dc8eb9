import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Wait } from '@alexandrite/schema/questions';

/** Whom the orders wait for that the shop holds: always a person. */
export async function shopWaitsFor(orders: readonly OrderRecord[]): Promise<Map<string, Wait>> {
  return new Map(
    orders.map((order) => [
      order.id,
      {
        reason: order.status === 'ON_HOLD' ? 'STAFF' : 'CUSTOMER',
        since: order.movedAt.toISOString(),
        who: order.status === 'ON_HOLD' ? null : order.accountId,
      },
    ]),
  );
}
