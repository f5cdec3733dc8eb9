import { type Refusal, refusal } from '@alexandrite/baton/refusal';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { CrmContext } from '../context.ts';
import { whyNotPartner, withWebhook } from './own-webhook.ts';
import { newSecret } from './signature.ts';
import { checkUrl, RefusedTarget } from './target.ts';
import { Webhook } from './webhook.ts';

const mostPerAccount = 5;
const overlapMs = 86_400_000; // a day

/** The only answer that holds a secret. */
export interface WebhookSecret {
  webhook: Webhook;
  secret: string;
}

/** A partner wants to be told of his orders' moves there, from the next one on. */
export async function registerWebhook(context: CrmContext, url: string): Promise<WebhookSecret | Refusal> {
  const { viewer, database, webhookHosts } = context;
  const no = whyNotPartner(viewer);
  if (no || viewer === null) return no ?? refusal('UNAUTHENTICATED', 'Sign in first.');
  let checked: URL;
  try {
    checked = checkUrl(url, webhookHosts);
  } catch (error) {
    if (error instanceof RefusedTarget) return refusal('WEBHOOK_URL_REFUSED', error.message);
    throw error;
  }
  const { id: accountId } = await context.ownAccount();
  const secret = newSecret();
  return database.transaction(async (tx) => {
    // One after another for each account: two at once would both be the fifth.
    await tx.execute('select 1 from accounts where id = ? for update', [accountId]);
    if ((await tx.count(Webhook, { accountId })) >= mostPerAccount)
      return refusal('TOO_MANY_WEBHOOKS', `An account has ${mostPerAccount} webhooks at most.`);
    const webhook = tx.create(Webhook, {
      id: uuidV7(),
      accountId,
      url: checked.href,
      secret,
      previousSecret: null,
      previousUntil: null,
      createdAt: new Date(),
      lastDeliveredAt: null,
      failingSince: null,
      disabledAt: null,
      disabledReason: null,
    });
    await tx.flush();
    return { webhook, secret };
  });
}

/** A new secret; the one before signs, too, for a day, or no longer when it is known to somebody. */
export function rotateWebhookSecret(
  context: CrmContext,
  id: string,
  { revokeOld }: { revokeOld: boolean },
): Promise<WebhookSecret | Refusal> {
  return withWebhook(context, id, async (tx, webhook) => {
    const no = whyNotPartner(context.viewer);
    if (no) return no;
    const secret = newSecret();
    tx.assign(webhook, {
      previousSecret: revokeOld ? null : webhook.secret,
      previousUntil: revokeOld ? null : new Date(Date.now() + overlapMs),
      secret,
    });
    return { webhook, secret };
  });
}
