import type { OrderRecord } from '@alexandrite/baton/order-record';
import { isRefusal, type Refusal } from '@alexandrite/baton/refusal';
import type { RequestContext } from '@alexandrite/subgraph';
import type DataLoader from 'dataloader';
import { historyLoader } from './history/history-loader.ts';
import type { OrderMove } from './history/order-move.ts';
import type { Model } from './model/model.ts';
import { modelLoader } from './model/model-loader.ts';
import { delayLoader } from './promise/timeline.ts';
import type { Shop } from './shop.ts';
import type { StuckOrder } from './watchdog/stuck-order.ts';
import { stuckOrderLoader } from './watchdog/stuck-order-loader.ts';

/** What the shop's resolvers know of one request; nothing of it outlives the request. */
export interface ShopContext extends RequestContext {
  shop: Shop;
  orders: DataLoader<string, OrderRecord | null>;
  models: DataLoader<string, Model | null>;
  history: DataLoader<string, OrderMove[]>;
  stuckOrders: DataLoader<string, StuckOrder | null>;
  /** What orders waited for where they stood for too long, by the version they had. */
  delays: ReturnType<typeof delayLoader>;
}

export function shopContext(request: RequestContext, shop: Shop): ShopContext {
  return {
    ...request,
    shop,
    orders: shop.baton.loader(),
    models: modelLoader(shop.database),
    history: historyLoader(shop.database),
    stuckOrders: stuckOrderLoader(shop.database),
    delays: delayLoader(shop.database),
  };
}

/** The answer of a mutation; what the request had loaded of the order before is forgotten. */
export function answer(context: ShopContext, result: OrderRecord | Refusal): OrderRecord | Refusal {
  if (!isRefusal(result)) {
    context.history.clear(result.id);
    context.orders.clear(result.id).prime(result.id, result);
  }
  return result;
}
