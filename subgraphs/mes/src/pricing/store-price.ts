import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import type { PricingCalculated } from '@alexandrite/schema/events';
import { Price } from './price.ts';
import { storeWallMap } from './wall-map.ts';

/** Keeps what an attempt came to; a second telling of the same changes nothing. */
export async function storePrice(tx: Tx, order: OrderRecord, result: PricingCalculated): Promise<void> {
  const { price } = result.result;
  const wallMapSha256 = await storeWallMap(tx, result.wallMap);
  await tx.upsert(
    Price,
    {
      id: result.requestId,
      orderId: order.id,
      accountId: order.accountId,
      quantity: order.quantity,
      currency: price.currency,
      totalMinor: price.totalMinor,
      tariffVersion: price.tariffVersion,
      source: result.source,
      calculatedAt: new Date(),
      document: result.result,
      wallMapSha256,
      voidedAt: null,
      lowestMinor: null,
      highestMinor: null,
    },
    { onConflictAction: 'ignore' },
  );
}

/** The undoing of it: the order was cancelled, or its price rejected. What was offered stays to be seen. */
export async function voidPrices(tx: Tx, orderId: string, at: Date): Promise<void> {
  await tx.execute('update prices set voided_at = ? where order_id = ? and voided_at is null', [at, orderId]);
}
