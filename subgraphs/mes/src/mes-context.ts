import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { RequestContext } from '@alexandrite/subgraph';
import type DataLoader from 'dataloader';
import type { Mes } from './mes.ts';
import type { Operator } from './operator/operator.ts';
import { operatorLoader } from './operator/operator-loader.ts';
import type { Price } from './pricing/price.ts';
import type { Pricing } from './pricing/pricing.ts';
import {
  priceLoader,
  pricingLoader,
  type QueuePlace,
  queuePlaceLoader,
  wallMapLoader,
} from './pricing/pricing-loaders.ts';
import type { WallMap } from './pricing/wall-map.ts';
import type { WorkOrder } from './work-order/work-order.ts';
import { workOrderLoader } from './work-order/work-order-loader.ts';

/** What the resolvers of one request share. Loaders know nothing of ownership: ask `maySee…` before giving anything away. */
export interface MesContext extends RequestContext, Mes {
  orders: DataLoader<string, OrderRecord | null>;
  /** By the order's id. */
  pricings: DataLoader<string, Pricing | null>;
  /** By the order's id: null does not wait. */
  queuePlaces: DataLoader<string, QueuePlace | null>;
  /** By the hash that a price has of its map. */
  wallMaps: DataLoader<string, WallMap | null>;
  prices: DataLoader<string, Price | null>;
  /** By the order's id. */
  workOrders: DataLoader<string, WorkOrder | null>;
  operators: DataLoader<string, Operator | null>;
}

export function mesContext(request: RequestContext, mes: Mes): MesContext {
  return {
    ...request,
    ...mes,
    orders: mes.baton.loader(),
    pricings: pricingLoader(mes.database),
    queuePlaces: queuePlaceLoader(mes.database),
    wallMaps: wallMapLoader(mes.database),
    prices: priceLoader(mes.database),
    workOrders: workOrderLoader(mes.database),
    operators: operatorLoader(mes.database),
  };
}
