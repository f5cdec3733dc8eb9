import type { Baton } from '@alexandrite/baton';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { RequestContext } from '@alexandrite/subgraph';
import type DataLoader from 'dataloader';
import type { Board } from './dashboard/board.ts';
import type { Operator } from './operator/operator.ts';
import type { Price } from './pricing/price.ts';
import type { Pricing } from './pricing/pricing.ts';
import type { WorkOrder } from './work-order/work-order.ts';
import type { WorkQueue } from './work-order/work-queue.ts';

/** What the resolvers of one request share. Loaders know nothing of ownership: ask `maySee…` before giving anything away. */
export interface MesContext extends RequestContext {
  baton: Baton;
  board: Board;
  workQueue: WorkQueue;
  orders: DataLoader<string, OrderRecord | null>;
  /** By the order's id. */
  pricings: DataLoader<string, Pricing | null>;
  /** By the order's id: 1 is next, null does not wait. */
  queuePlaces: DataLoader<string, number | null>;
  prices: DataLoader<string, Price | null>;
  /** By the order's id. */
  workOrders: DataLoader<string, WorkOrder | null>;
  operators: DataLoader<string, Operator | null>;
}
