import type { PlanNode } from './plan.ts';

/** A plan of which parts come later. */
export interface DeferringPlan {
  /** What comes at once; null when nothing has to be fetched for it. */
  run: PlanSteps | null;
  deferred: readonly DeferredPlan[];
}

/** A part that comes later. */
export interface DeferredPlan extends DeferringPlan {
  /** The label under which it was planned. */
  mark: string;
  /** Fetches around it that bring what it needs, by their ids. */
  after: readonly string[];
}

/** Pieces of a plan that run from the root; one with an id has others waiting for it. */
export type PlanSteps =
  | { kind: 'sequence'; steps: readonly PlanSteps[] }
  | { kind: 'parallel'; steps: readonly PlanSteps[] }
  | { kind: 'piece'; node: PlanNode; id: string | null };
