import { isStaff, type Viewer } from '@alexandrite/auth/viewer';
import type { OrderRecord } from '@alexandrite/baton/order-record';

/** Whoever ordered, and those who work here. */
export function maySee(viewer: Viewer | null, order: Pick<OrderRecord, 'accountId'>): boolean {
  return viewer !== null && (isStaff(viewer) || viewer.sub === order.accountId);
}

/** The price is the customer's to accept or to reject; nobody does it for them. */
export function mayDecidePrice(viewer: Viewer): boolean {
  return viewer.role === 'customer' || viewer.role === 'partner';
}

/** Letting an order be made, and closing it. */
export function maySell(viewer: Viewer): boolean {
  return viewer.role === 'seller' || viewer.role === 'admin';
}
