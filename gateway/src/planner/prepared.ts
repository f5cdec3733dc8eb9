import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import type { PlanNode, QueryPlan } from './plan.ts';
import { type PlannedNames, plannedDocument } from './planned-document.ts';
import type { Planner, PlannerName } from './planner.ts';
import { requiredNames } from './required-names.ts';

/** What is the same for all planners: they get operations that they do not stumble over. */
export class PreparedPlanner implements Planner {
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

  async plan(original: DocumentNode, operationName: string | undefined): Promise<QueryPlan> {
    const operation = getOperationAST(original, operationName);
    if (!operation) throw new TypeError(`expected an operation ${operationName ?? 'without a name'}`);
    const { document, renamed } = plannedDocument(original, operation, this.#names);
    if (!document && operation.operation !== 'subscription') return { kind: 'operation', root: null };
    const plan = await this.#planner.plan(document ?? original, operationName);
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
