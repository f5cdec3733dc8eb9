import type { OrderRecord } from '@alexandrite/baton/order-record';
import { subjectToken } from '@alexandrite/bus/subject-token';
import type { Tx } from '@alexandrite/database';
import type { Outbox } from '@alexandrite/outbox';
import type { PriceAccepted } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';

/** Those whose turn it is then; the gateway lets each hear of what is said to their role only. */
const roles = ['seller', 'admin'] as const;

/** Tells the sellers at once that a price was accepted: it is no move, so no message about the order's status says it. */
export async function announceAcceptance(
  tx: Tx,
  outbox: Outbox,
  { id, status, version }: OrderRecord,
  { at, by }: { at: Date; by: string },
): Promise<void> {
  const payload: PriceAccepted = { order: { id, status, version }, at: at.toISOString(), by };
  await outbox.append(
    tx,
    ...roles.map((role) => ({
      subject: subjects.priceAccepted(role, subjectToken(id)),
      payload,
      messageId: `accepted-${id}-${role}`,
      orderingKey: id,
    })),
  );
}
