import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Refusal } from '@alexandrite/baton/refusal';
import type { CrmContext } from '../context.ts';
import { decide } from './decision.ts';
import { maySell } from './who-may.ts';

/** A seller closes an order whose parcel has arrived. */
export function closeOrder(context: CrmContext, id: string): Promise<OrderRecord | Refusal> {
  return decide(context, id, maySell, async ({ viewer, move }) => {
    await move('CLOSED', { by: viewer.sub });
  });
}
