import { OrderRecord } from '@alexandrite/baton/order-record';
import type { Database } from '@alexandrite/database';
import { openDatabase } from '@alexandrite/database/open-database';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { Customer } from './customer/customer.ts';
import { OrderMove } from './history/order-move.ts';
import { Model } from './model/model.ts';
import { schemaVersions } from './schema-versions.ts';
import { Upload } from './upload/upload.ts';
import { StuckOrder } from './watchdog/stuck-order.ts';

/** The shop's database, migrated. */
export function openShopDatabase(options: {
  url: string;
  replicaUrl?: string | undefined;
  log: Log;
  metrics: Metrics;
}): Promise<Database> {
  return openDatabase({
    ...options,
    entities: [OrderRecord, OrderMove, Customer, Model, Upload, StuckOrder],
    migrations: schemaVersions,
  });
}
