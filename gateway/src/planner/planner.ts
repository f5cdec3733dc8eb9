import type { DocumentNode } from 'graphql';
import type { QueryPlan } from './plan.ts';

/** Plans operations over one supergraph. */
export interface Planner {
  /**
   * Called once per operation; `document` is valid. Throws a GraphQLError that the client may see when the operation
   * cannot be planned.
   */
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan | Promise<QueryPlan>;
}
