import { OrderRecord } from '@alexandrite/baton/order-record';
import type { Database } from '@alexandrite/database';
import { openDatabase } from '@alexandrite/database/open-database';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { DeadLetterRecord } from './dead-letter/dead-letter.ts';
import { orders } from './migrations/0001-orders.ts';
import { pricing } from './migrations/0002-pricing.ts';
import { workOrders } from './migrations/0003-work-orders.ts';
import { workInHand } from './migrations/0004-work-in-hand.ts';
import { estimates } from './migrations/0005-estimates.ts';
import { guardedMoves } from './migrations/0006-guarded-moves.ts';
import { wallMaps } from './migrations/0007-wall-maps.ts';
import { deadLetters } from './migrations/0008-dead-letters.ts';
import { voidedPrices } from './migrations/0009-voided-prices.ts';
import { archive } from './migrations/0010-archive.ts';
import { Operator } from './operator/operator.ts';
import { Price } from './pricing/price.ts';
import { Pricing } from './pricing/pricing.ts';
import { WallMap } from './pricing/wall-map.ts';
import { WorkOrder } from './work-order/work-order.ts';

/** The MES's database, migrated. */
export function openMesDatabase(options: {
  url: string;
  replicaUrl?: string | undefined;
  log: Log;
  metrics: Metrics;
}): Promise<Database> {
  return openDatabase({
    ...options,
    entities: [OrderRecord, Pricing, Price, WallMap, WorkOrder, Operator, DeadLetterRecord],
    // released versions are never edited: add one
    migrations: [
      orders,
      pricing,
      workOrders,
      workInHand,
      estimates,
      guardedMoves,
      wallMaps,
      deadLetters,
      voidedPrices,
      archive,
    ],
  });
}
