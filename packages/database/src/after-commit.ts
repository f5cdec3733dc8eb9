import type { Tx } from './database.ts';

const waiting = new WeakMap<Tx, (() => void)[]>();

/** Opens the list of a transaction; whoever commits it runs the list. */
export function collectAfterCommit(tx: Tx): readonly (() => void)[] {
  const callbacks: (() => void)[] = [];
  waiting.set(tx, callbacks);
  return callbacks;
}

/** Runs `callback`, which must not throw, once the transaction has committed, and never when it rolls back. */
export function afterCommit(tx: Tx, callback: () => void): void {
  const callbacks = waiting.get(tx);
  if (!callbacks)
    throw new Error('expected the tx that Database.transaction gave, got another entity manager');
  callbacks.push(callback);
}
