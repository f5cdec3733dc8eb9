import type { Channel } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';

/** What the operators' overview is made of, as it lies in the cache. Instants are milliseconds since 1970. */
export interface DashboardFacts {
  asOf: number;
  ordersByStatus: Partial<Record<OrderStatus, number>>;
  queues: { channel: Channel; waiting: number; inProgress: number; oldestAt: number | null }[];
  oldestWaiting: { id: string; since: number } | null;
  /** Of the last 24 hours, in seconds. */
  pricingP50: number | null;
  pricingP95: number | null;
  /** Orders still to be sent that are promised within three days, or were promised already. */
  atRisk: number;
  /** When the next order becomes one of those at risk, if nothing happens before; null: none will. */
  atRiskChangesAt: number | null;
}

/** There is one. */
export const dashboardId = 'main';
