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
      lowestMinor: null,
      highestMinor: null,
    },
    { onConflictAction: 'ignore' },
  );
}
