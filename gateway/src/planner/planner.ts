import type { DocumentNode } from 'graphql';
import type { QueryPlan } from './plan.ts';

export const plannerNames = ['apollo', 'hive'] as const;
export type PlannerName = (typeof plannerNames)[number];

/** Plans operations over one supergraph. */
export interface Planner {
  readonly name: PlannerName;
  /**
   * Called once per operation; `document` is valid. Throws a GraphQLError that the client may see when the operation
   * cannot be planned.
   */
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan | Promise<QueryPlan>;
}
