import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import type { PlanNode, QueryPlan } from './plan.ts';
import { type PlannedNames, plannedDocument } from './planned-document.ts';
import type { Planner, PlannerName } from './planner.ts';
import { requiredNames } from './required-names.ts';

/** Plans a client's operations: a planner gets them without what planners stumble over. */
export class OperationPlanner {
  readonly name: PlannerName;
  readonly #planner: Planner;
  readonly #names: PlannedNames;

  constructor(planner: Planner, supergraph: DocumentNode, apiSchema: GraphQLSchema) {
    this.name = planner.name;
    this.#planner = planner;
    const roots = [apiSchema.getQueryType(), apiSchema.getMutationType(), apiSchema.getSubscriptionType()];
    this.#names = {
      rootTypes: new Set(roots.flatMap((type) => type?.name ?? [])),
      required: requiredNames(supergraph),
    };
  }

  /**
   * `document` is valid; `values` are those of the variables that `@skip` and `@include` use. Rejects with a GraphQLError
   * that the client may see when the operation cannot be planned.
   */
  async plan(
    original: DocumentNode,
    operationName: string | undefined,
    values: JsonObject,
  ): Promise<QueryPlan> {
    const operation = getOperationAST(original, operationName);
    if (!operation) throw new TypeError(`expected an operation ${operationName ?? 'without a name'}`);
    const { document, renamed } = plannedDocument(original, operation, values, this.#names);
    if (!document) return { kind: 'operation', root: null };
    const plan = await this.#planner.plan(document, operationName);
    if (renamed.size === 0) return plan;
    return plan.kind === 'operation'
      ? { ...plan, root: restoring(plan.root, renamed) }
      : { ...plan, rest: restoring(plan.rest, renamed) };
  }
}

function restoring(node: PlanNode | null, names: ReadonlySet<string>): PlanNode {
  const restore: PlanNode = { kind: 'restoreNames', names };
  return node ? { kind: 'sequence', nodes: [node, restore] } : restore;
}
