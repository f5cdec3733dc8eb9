import { useSyncExternalStore } from 'react';
import { costOf, type ThrottleStatus } from './answer.ts';

/** The budget as the last answer told it. */
export interface KnownBudget extends ThrottleStatus {
  /** `performance.now()` of that answer. */
  at: number;
}

const listeners = new Set<() => void>();
let known: KnownBudget | null = null;

/** Every answer to somebody who has a budget carries its state. */
export function noticeBudget(extensions: Record<string, unknown> | undefined): void {
  const cost = costOf(extensions);
  if (cost !== null) setBudget(cost.throttleStatus);
}

export function setBudget(status: ThrottleStatus | null): void {
  known = status === null ? null : { ...status, at: performance.now() };
  for (const listener of listeners) listener();
}

/** What is available now: the bucket refills between answers at a known rate. */
export function availableNow(budget: KnownBudget, now = performance.now()): number {
  const refilled = (Math.max(0, now - budget.at) / 1_000) * budget.restoreRate;
  return Math.min(budget.maximumAvailable, budget.currentlyAvailable + refilled);
}

export function useBudget(): KnownBudget | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known,
    () => known,
  );
}
