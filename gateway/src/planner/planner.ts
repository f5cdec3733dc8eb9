import type { DocumentNode } from 'graphql';
import type { ActiveLabels } from './override-labels.ts';
import type { QueryPlan } from './plan.ts';

export const plannerNames = ['apollo', 'hive'] as const;
export type PlannerName = (typeof plannerNames)[number];

/** Plans operations over one supergraph. */
export interface Planner {
  readonly name: PlannerName;
  /**
   * `document` is valid, and holds what has to be fetched of one operation: no `@skip` and `@include`, no introspection.
   * Throws a GraphQLError that the client may see when it cannot be planned.
   */
  plan(
    document: DocumentNode,
    operationName: string | undefined,
    labels: ActiveLabels,
  ): QueryPlan | Promise<QueryPlan>;
  /** Nobody will plan with it any more. */
  close?(): void;
}
