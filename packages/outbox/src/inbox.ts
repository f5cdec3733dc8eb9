import type { Tx } from '@alexandrite/database';

/** Longer than any stream keeps a message (7 days): after that nothing can be delivered a second time. */
export const inboxKeepDays = 8;

/**
 * True when this transaction is the first to handle the message; the mark commits or rolls back with its work. Of two
 * processes that got the same message one waits here until the other has committed.
 */
export async function handleOnce(tx: Tx, durable: string, messageId: string): Promise<boolean> {
  const marked = await tx.execute(
    'insert into inbox (durable, message_id) values (?, ?) on conflict do nothing returning true as first',
    [durable, messageId],
  );
  return marked.length === 1;
}
