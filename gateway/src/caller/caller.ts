import type { Budget } from '@alexandrite/auth/gateway-context';
import type { Claims } from '@alexandrite/auth/token';
import type { CallerSignal } from './caller-signal.ts';

/** Whoever asks, as far as the gateway knows. */
export interface Caller {
  /** Null without a token. */
  claims: Claims | null;
  /** Headers of the client that the configuration passes on to subgraphs. */
  forwarded: Readonly<Record<string, string>>;
  /** Aborted when the client is gone. */
  signal: CallerSignal | undefined;
  /** When the client gives up, by `performance.now()`, where it says so. */
  deadline?: number | undefined;
}

/** The caller's points, where there is a budget, when the request was let in. */
export type CallerBudget = Budget | null;
