import type { Tx } from '@alexandrite/database';

/** An operator exists from the first piece of work on, by the token's subject until somebody gives a name. */
export async function ensureOperator(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.execute(
    'insert into operators (id, name, created_at) values (?, ?, ?) on conflict (id) do nothing',
    [id, id, at],
  );
}
