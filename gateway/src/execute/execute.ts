import type { PlanNode } from '../planner/plan.ts';
import type { SubgraphAnswerError } from '../subgraph/subgraph.ts';
import { compilePlan } from './compile-plan.ts';
import { report } from './failures.ts';
import type { JsonObject } from './json.ts';
import type { ExecutionInput, Fetched, Run, Step } from './run.ts';
import type { TypeTest } from './type-test.ts';

/**
 * Runs a plan; `data`, what is known already, is filled in place, and `errors` are told beside those that come. Failures of
 * subgraphs become errors, never a throw.
 */
export async function execute(
  plan: PlanNode | null,
  input: ExecutionInput,
  data: JsonObject = {},
  errors: readonly SubgraphAnswerError[] = [],
): Promise<Fetched> {
  const fetched: Fetched = { data, errors: [], fetches: 0 };
  const run: Run = { input, fetched, asked: null };
  for (const error of errors) report(run, error, error.path ?? []);
  if (plan) await compiled(plan, input.types)(run);
  return fetched;
}

/** Plans live as long as the operation they are for, and what they are compiled to as long as they. */
const plans = new WeakMap<PlanNode, { types: TypeTest; step: Step }>();

function compiled(plan: PlanNode, types: TypeTest): Step {
  const known = plans.get(plan);
  if (known?.types === types) return known.step;
  const step = compilePlan(plan, types);
  plans.set(plan, { types, step });
  return step;
}
