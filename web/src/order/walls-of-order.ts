import { request } from '../client/request.ts';
import type { WallsSource } from '../model-view/walls-of-model.ts';
import { OrderWalls, type PriceDetails } from './operations.ts';

/** The walls of an order's model as its price knows them; null before it has one. */
export function wallsOfOrder(orderId: string, price: PriceDetails | null): WallsSource | null {
  if (price === null) return null;
  const { minWallMm, wallLimitMm, thinAreaShare } = price.geometry;
  if (minWallMm === null || wallLimitMm === null || thinAreaShare === null) return null;
  return {
    id: price.id,
    thinnestMm: minWallMm,
    limitMm: wallLimitMm,
    thinShare: thinAreaShare,
    load: async (signal) => {
      const { order } = await request(OrderWalls, { id: orderId }, { signal });
      return order?.price?.geometry.wallMap ?? null;
    },
  };
}
