import type { Baton } from '@alexandrite/baton';
import type { OrderRecord } from '@alexandrite/baton/order-record';
import type { Database } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { RequestContext } from '@alexandrite/subgraph';
import type DataLoader from 'dataloader';
import type { Account } from './account/account.ts';
import { type AccountLoader, accountLoader, spokenOfLoader } from './account/account-loader.ts';
import { ownAccount } from './account/own-account.ts';
import { type ApprovalLoader, approvalLoader } from './approval/approval-loader.ts';
import type { AllowedHosts } from './webhook/target.ts';

/** What lives as long as the service. */
export interface CrmServices {
  database: Database;
  outbox: Outbox;
  baton: Baton;
  /** What webhooks may reach wherever it is. */
  webhookHosts: AllowedHosts;
  /** Deliveries were queued, and are committed. */
  wakeWebhooks: () => void;
}

/** What the CRM's resolvers know of one request; nothing of it outlives the request. */
export interface CrmContext extends RequestContext, CrmServices {
  accounts: AccountLoader;
  /** For ids that come from another subgraph. */
  accountsSpokenOf: AccountLoader;
  approvals: ApprovalLoader;
  orders: DataLoader<string, OrderRecord | null>;
  /** The viewer's, opened once however often the request asks. Only for those who have one. */
  ownAccount: () => Promise<Account>;
}

export function crmContext(
  request: RequestContext,
  { database, outbox, baton, webhookHosts, wakeWebhooks }: CrmServices,
): CrmContext {
  const accounts = accountLoader(database);
  let own: Promise<Account> | undefined;
  return {
    ...request,
    database,
    outbox,
    baton,
    webhookHosts,
    wakeWebhooks,
    accounts,
    accountsSpokenOf: spokenOfLoader(database),
    approvals: approvalLoader(database),
    orders: baton.loader(),
    ownAccount: () => {
      if (request.viewer === null) throw new Error('expected somebody who has an account, got nobody');
      own ??= ownAccount(database, accounts, request.viewer);
      return own;
    },
  };
}
