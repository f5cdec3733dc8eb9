import { useSyncExternalStore } from 'react';
import { ENDPOINT } from '../client/request.ts';

/** An operation as it is asked for. */
export interface PlannedOperation {
  query: string;
  operationName?: string | null | undefined;
  variables?: unknown;
}

export type PlanState =
  | { kind: 'NONE' }
  | { kind: 'ASKING' }
  /** The gateway does not tell its plans, or not to us. */
  | { kind: 'WITHHELD' }
  | { kind: 'REFUSED'; reason: string }
  | { kind: 'PLAN'; planner: string; text: string; json: string };

const listeners = new Set<() => void>();
let state: PlanState = { kind: 'NONE' };
let watching = 0;
let asked = 0;

/** The plan of what was run last while somebody watched. */
export function usePlan(): PlanState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** From now on every run brings its plan, until what is returned is called. */
export function watchPlans(): () => void {
  watching++;
  return () => void watching--;
}

/** Call when an operation is run. */
export function planRun(operation: PlannedOperation, headers: Record<string, string>): void {
  if (watching > 0) void askPlan(operation, headers);
}

/** Asks the gateway for the plan alone: nothing is run. */
export async function askPlan(operation: PlannedOperation, headers: Record<string, string>): Promise<void> {
  const turn = ++asked;
  const show = (next: PlanState) => {
    if (turn === asked) become(next);
  };
  show({ kind: 'ASKING' });
  try {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json',
        'apollo-expose-query-plan': 'only',
        // A gateway that keeps its plans to itself shall not run anything for this.
        'x-dry-run': 'true',
      },
      body: JSON.stringify(operation),
    });
    show(read(await response.json()));
  } catch (error) {
    show({ kind: 'REFUSED', reason: error instanceof Error ? error.message : String(error) });
  }
}

interface Answer {
  errors?: { message: string; extensions?: { code?: string } }[];
  extensions?: { queryPlan?: { planner: string; text: string; plan: unknown } };
}

function read({ errors, extensions }: Answer): PlanState {
  // Not for its plan, but to be run, a subscription would need another way.
  if (errors?.[0]?.extensions?.code === 'SUBSCRIPTION_TRANSPORT_REQUIRED') return { kind: 'WITHHELD' };
  if (errors?.[0]) return { kind: 'REFUSED', reason: errors[0].message };
  const found = extensions?.queryPlan;
  if (!found) return { kind: 'WITHHELD' };
  const { planner, text, plan } = found;
  return { kind: 'PLAN', planner, text, json: JSON.stringify(plan, null, 2) };
}

function become(next: PlanState): void {
  state = next;
  for (const listener of listeners) listener();
}
