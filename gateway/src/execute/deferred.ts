import type { GraphQLError } from 'graphql';
import type { DeferringPlan, PlanSteps } from '../planner/deferring-plan.ts';
import type { PlanNode } from '../planner/plan.ts';

/** Runs one piece of a plan from the root; tells the errors of its fetches. */
export type RunPiece = (node: PlanNode) => Promise<readonly GraphQLError[]>;

/** A plan that runs. No promise of it is rejected but with a fault of ours. */
export interface DeferredRun {
  /** What comes at once is there. */
  initial: Promise<readonly GraphQLError[]>;
  /** By their marks: everything of a part has been fetched, but for the parts inside of it. */
  parts: ReadonlyMap<string, Promise<readonly GraphQLError[]>>;
}

/** Each part is begun as soon as what it needs is there, whether what is around it is complete or not. */
export function runDeferring(plan: DeferringPlan, runPiece: RunPiece): DeferredRun {
  const fetched = new Map<string, PromiseWithResolvers<void>>();
  const parts = new Map<string, Promise<readonly GraphQLError[]>>();
  announce(plan, fetched);

  const runSteps = async (steps: PlanSteps): Promise<readonly GraphQLError[]> => {
    if (steps.kind === 'parallel') return (await Promise.all(steps.steps.map(runSteps))).flat();
    if (steps.kind === 'sequence') {
      const errors: GraphQLError[] = [];
      for (const step of steps.steps) errors.push(...(await runSteps(step)));
      return errors;
    }
    try {
      return await runPiece(steps.node);
    } finally {
      if (steps.id !== null) fetched.get(steps.id)?.resolve();
    }
  };

  const begin = ({ run, deferred }: DeferringPlan, ready: Promise<unknown>) => {
    const complete = ready.then(() => (run ? runSteps(run) : []));
    for (const part of deferred) {
      const needed = part.after.flatMap((id) => fetched.get(id)?.promise ?? []);
      parts.set(part.mark, begin(part, needed.length > 0 ? Promise.all(needed) : complete));
    }
    // A fault is told to whoever asks; that may be later, or nobody.
    complete.catch(() => undefined);
    return complete;
  };

  return { initial: begin(plan, Promise.resolve()), parts };
}

function announce({ run, deferred }: DeferringPlan, fetched: Map<string, PromiseWithResolvers<void>>): void {
  const look = (steps: PlanSteps) => {
    if (steps.kind !== 'piece') steps.steps.forEach(look);
    else if (steps.id !== null) fetched.set(steps.id, Promise.withResolvers());
  };
  if (run) look(run);
  for (const part of deferred) announce(part, fetched);
}
