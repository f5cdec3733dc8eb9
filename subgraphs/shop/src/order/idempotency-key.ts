import { OrderRecord } from '@alexandrite/baton/order-record';
import { Refused } from '@alexandrite/baton/refusal';
import type { Database, Tx } from '@alexandrite/database';
import { CodedError } from '@alexandrite/subgraph/coded-error';

const longest = 200; // characters

/** Throws BAD_USER_INPUT for a key that is none. */
export function checkIdempotencyKey(key: string): void {
  if (key.length < 1 || key.length > longest) {
    throw new CodedError(
      'BAD_USER_INPUT',
      `idempotencyKey: expected 1 to ${longest} characters, got ${key.length}`,
    );
  }
  // The database would keep another key, or none.
  if (key.includes('\0') || !key.isWellFormed()) {
    throw new CodedError('BAD_USER_INPUT', 'idempotencyKey: expected a text without NUL and half characters');
  }
}

/**
 * The order that was made with this key of the account before; null when there is none, and then `orderId` is noted as
 * the one that is being made. Whoever comes with the same key at the same time waits for this transaction. Throws
 * `Refused` where the key was used for another creation: `asked` tells them apart.
 */
export async function orderMadeBefore(
  tx: Tx,
  creation: { accountId: string; key: string; orderId: string; asked: string },
): Promise<OrderRecord | null> {
  const { accountId, key, orderId, asked } = creation;
  const noted = await tx.execute(
    `insert into creations (account_id, key, order_id, asked) values (?, ?, ?, ?)
     on conflict do nothing returning order_id`,
    [accountId, key, orderId, asked],
  );
  if (noted.length > 0) return null;
  const [before] = await tx.execute<{ order_id: string; asked: string }[]>(
    'select order_id, asked from creations where account_id = ? and key = ?',
    [accountId, key],
  );
  if (before?.asked !== asked) {
    throw new Refused('IDEMPOTENCY_KEY_REUSED', 'This key was used for another order: choose a new one.');
  }
  return tx.findOneOrFail(OrderRecord, { id: before.order_id });
}

/** A creation that is repeated after a week is a new one. */
export async function forgetIdempotencyKeys(database: Database): Promise<void> {
  await database.em().execute(`delete from creations where created_at < now() - interval '7 days'`);
}
