import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import type { Wait } from '@alexandrite/schema/questions';
import { Approval } from './approval.ts';

/** Whom the orders wait for that the CRM holds. */
export function waitsFor(database: Database) {
  return async (orders: readonly OrderRecord[]): Promise<Map<string, Wait>> => {
    const priced = orders.filter(({ status }) => status === 'PRICE_CALCULATED').map(({ id }) => id);
    const approvals =
      priced.length === 0
        ? []
        : await readRecords<Approval>(database, Approval, { orderId: { $in: priced } });
    const acceptedAt = new Map(approvals.map(({ orderId, priceAcceptedAt }) => [orderId, priceAcceptedAt]));
    return new Map(orders.map((order) => [order.id, waitOf(order, acceptedAt.get(order.id) ?? null)]));
  };
}

function waitOf({ status, movedAt, accountId }: OrderRecord, acceptedAt: Date | null): Wait {
  const since = (acceptedAt ?? movedAt).toISOString();
  switch (status) {
    case 'PRICE_CALCULATED':
      return acceptedAt
        ? { reason: 'SELLER', since, who: null }
        : { reason: 'CUSTOMER', since, who: accountId };
    case 'SHIPPED':
      return { reason: 'CARRIER', since, who: null };
    default:
      return { reason: 'STAFF', since, who: null };
  }
}
