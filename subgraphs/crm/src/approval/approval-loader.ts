import type { Database } from '@alexandrite/database';
import { readRecords } from '@alexandrite/database/read-records';
import DataLoader from 'dataloader';
import { Approval } from './approval.ts';

export type ApprovalLoader = DataLoader<string, Approval | null>;

/** What was decided on orders, by the orders' ids, for one request; null where there is no price yet. */
export function approvalLoader(database: Database): ApprovalLoader {
  return new DataLoader(async (orderIds) => {
    const approvals = await readRecords<Approval>(database, Approval, { orderId: { $in: [...orderIds] } });
    const byOrder = new Map(approvals.map((approval) => [approval.orderId, approval]));
    return orderIds.map((id) => byOrder.get(id) ?? null);
  });
}
