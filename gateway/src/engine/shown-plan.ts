import type { GraphQLError } from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import type { DeferringPlan } from '../planner/deferring-plan.ts';
import type { QueryPlan } from '../planner/plan.ts';
import type { PlannerName } from '../planner/planner.ts';
import { printDeferringPlans, printPlan } from '../planner/print-plan.ts';
import type { Generation } from './generation.ts';

/** What `extensions.queryPlan` says. */
export interface ShownPlan {
  planner: PlannerName;
  text: string;
  /** The plan as the gateway holds it; a list of them where parts of the operation come later. */
  plan: QueryPlan | readonly DeferringPlan[];
}

/** The plan of an operation for these variables. Rejects with a GraphQLError that the client may see. */
export async function showPlan(
  generation: Generation,
  compiled: CompiledOperation,
  variables: JsonObject,
): Promise<ShownPlan | { errors: readonly GraphQLError[] }> {
  const coerced = compiled.coerce(variables);
  if ('errors' in coerced) return coerced;
  const planner = generation.supergraph.planner.name;
  const deferral = compiled.defers ? await compiled.deferral(coerced.values) : null;
  if (deferral) return { planner, text: printDeferringPlans(deferral.plans), plan: deferral.plans };
  const plan = await compiled.plan(coerced.values);
  return { planner, text: printPlan(plan), plan };
}
