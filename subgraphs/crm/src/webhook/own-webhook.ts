import type { Viewer } from '@alexandrite/auth/viewer';
import { type Refusal, refusal } from '@alexandrite/baton/refusal';
import type { Tx } from '@alexandrite/database';
import { isUuid } from '@alexandrite/database/uuid';
import { LockMode } from '@mikro-orm/core';
import type { CrmContext } from '../context.ts';
import { Webhook } from './webhook.ts';

/** A partner's own are his; an administrator sees everybody's, and may switch them off and on. */
export function maySeeWebhook(viewer: Viewer | null, { accountId }: Pick<Webhook, 'accountId'>): boolean {
  if (viewer === null) return false;
  return viewer.role === 'admin' || (viewer.role === 'partner' && viewer.sub === accountId);
}

/** Why the viewer can have no webhook; null when he can. */
export function whyNotPartner(viewer: Viewer | null): Refusal | null {
  if (viewer === null) return refusal('UNAUTHENTICATED', 'Sign in first.');
  if (viewer.role !== 'partner') return refusal('FORBIDDEN', 'Webhooks are for partners.');
  return null;
}

/** Runs `work` in a transaction with the webhook locked, if the viewer may see it. */
export async function withWebhook<T>(
  { viewer, database }: CrmContext,
  id: string,
  work: (tx: Tx, webhook: Webhook) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  if (viewer === null) return refusal('UNAUTHENTICATED', 'Sign in first.');
  const notFound = refusal('NOT_FOUND', 'There is no such webhook.');
  if (!isUuid(id)) return notFound;
  return database.transaction(async (tx) => {
    const webhook = await tx.findOne(Webhook, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    return webhook && maySeeWebhook(viewer, webhook) ? work(tx, webhook) : notFound;
  });
}
