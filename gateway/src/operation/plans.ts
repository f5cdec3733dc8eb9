import type { DocumentNode } from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import type { OperationPlanner } from '../planner/operation-planner.ts';
import { type ActiveLabels, noLabels } from '../planner/override-labels.ts';

/** Plans of an operation, for given values of what decides about them. */
export type Plans<Plan> = (values: JsonObject) => Promise<Plan>;

/** One for each choice of the labels of `@override` that the operation has to do with; most have to do with none. */
export function plansOf<Plan>(
  planner: OperationPlanner,
  document: DocumentNode,
  plansFor: (labels: ActiveLabels) => Plans<Plan>,
): Plans<Plan> {
  const labels = planner.labels.of(document);
  if (!labels) return plansFor(noLabels);
  const chosen = new Map<ActiveLabels, Plans<Plan>>();
  return (values) => {
    const active = labels.draw(Math.random());
    let plans = chosen.get(active);
    if (!plans) {
      plans = plansFor(active);
      chosen.set(active, plans);
    }
    return plans(values);
  };
}
