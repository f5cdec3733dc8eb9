import { OrderRecord } from '@alexandrite/baton/order-record';
import type { Database } from '@alexandrite/database';
import { openDatabase } from '@alexandrite/database/open-database';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { Account } from './account/account.ts';
import { Approval } from './approval/approval.ts';
import { schemaVersions } from './schema-versions.ts';
import { Person } from './viewer/person.ts';
import { WebhookDelivery } from './webhook/delivery.ts';
import { Webhook } from './webhook/webhook.ts';

/** The CRM's database, migrated. */
export function openCrmDatabase(options: { url: string; log: Log; metrics: Metrics }): Promise<Database> {
  return openDatabase({
    ...options,
    entities: [OrderRecord, Account, Person, Approval, Webhook, WebhookDelivery],
    migrations: schemaVersions,
  });
}
