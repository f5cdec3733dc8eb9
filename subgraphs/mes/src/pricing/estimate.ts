import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Tx } from '@alexandrite/database';
import type { PriceEstimate } from '@alexandrite/schema/events';
import { Price } from './price.ts';
import type { Pricing } from './pricing.ts';

/** Keeps what stands for the price until it comes; a second telling changes nothing. Returns its id. */
export async function storeEstimate(
  tx: Tx,
  order: OrderRecord,
  requestId: string,
  { result, lowestMinor, highestMinor }: PriceEstimate,
): Promise<string> {
  const id = `${requestId}-estimate`;
  const { currency, totalMinor, tariffVersion } = result.price;
  const { id: orderId, accountId, quantity } = order;
  const what = { id, orderId, accountId, quantity, currency, totalMinor, tariffVersion };
  await tx.upsert(
    Price,
    {
      ...what,
      source: 'ESTIMATED',
      calculatedAt: new Date(),
      document: result,
      wallMapSha256: null,
      voidedAt: null,
      lowestMinor,
      highestMinor,
    },
    { onConflictAction: 'ignore' },
  );
  return id;
}

/** The pricing has ended, with a price or without: nothing stands for it any more. */
export async function dropEstimate(tx: Tx, pricing: Pricing): Promise<void> {
  if (pricing.estimateId === null) return;
  await tx.nativeDelete(Price, { id: pricing.estimateId });
  pricing.estimateId = null;
}
