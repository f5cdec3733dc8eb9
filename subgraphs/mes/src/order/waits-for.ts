import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Bus } from '@alexandrite/bus';
import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import type { Wait } from '@alexandrite/schema/questions';
import { Pricing } from '../pricing/pricing.ts';
import { pricingWaits } from '../pricing/pricing-waits.ts';
import { WorkOrder } from '../work-order/work-order.ts';

/** What or whom the orders wait for that the MES holds. */
export async function waitsFor(
  mes: { database: Database; bus: Bus },
  orders: readonly OrderRecord[],
): Promise<Map<string, Wait>> {
  const ids = (submitted: boolean) =>
    orders.filter(({ status }) => (status === 'SUBMITTED') === submitted).map(({ id }) => id);
  const [unpriced, atWork] = [ids(true), ids(false)];
  const [pricings, works] = await Promise.all([
    unpriced.length ? readRecords<Pricing>(mes.database, Pricing, { orderId: { $in: unpriced } }) : [],
    atWork.length ? readRecords<WorkOrder>(mes.database, WorkOrder, { id: { $in: atWork } }) : [],
  ]);
  const waits = await pricingWaits(mes, pricings);
  const operatorOf = new Map(works.map(({ id, operatorId }) => [id, operatorId]));
  for (const { id, status, movedAt } of orders) {
    if (status === 'SUBMITTED') continue;
    const held = status === 'ON_HOLD';
    waits.set(id, {
      reason: held ? 'STAFF' : 'OPERATOR',
      since: movedAt.toISOString(),
      who: held ? null : (operatorOf.get(id) ?? null),
    });
  }
  return waits;
}
