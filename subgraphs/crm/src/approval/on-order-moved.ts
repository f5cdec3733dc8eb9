import type { OnMove } from '@alexandrite/baton';
import { kindByChannel } from '../account/account.ts';
import { openAccounts } from '../account/open-account.ts';
import { afterMove } from './after-move.ts';
import { Approval } from './approval.ts';

/** Keeps the CRM's own tables true to the way of every order, whoever moved it. */
export const onOrderMoved: OnMove = async (tx, order, moved) => {
  // Versions have no hole: every order of every account passes here with its first one.
  if (moved.version === 1) {
    const { accountId, channel, createdAt } = moved.facts;
    await openAccounts(tx, { id: accountId, kind: kindByChannel(channel), createdAt: new Date(createdAt) });
  }
  const known = await tx.findOne(Approval, { orderId: order.id });
  const facts = afterMove(known, moved);
  if (facts === null) return;
  if (known) tx.assign(known, facts);
  else tx.persist(tx.create(Approval, { ...facts, orderId: order.id }));
};
