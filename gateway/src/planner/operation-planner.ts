import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  visit,
} from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import { fetchedName } from './client-names.ts';
import type { QueryPlan } from './plan.ts';
import { type PlannedGraph, plannedDocument } from './planned-document.ts';
import type { Planner, PlannerName } from './planner.ts';
import { requiredFields } from './required-fields.ts';

/** Plans a client's operations: a planner gets them without what planners stumble over. */
export class OperationPlanner {
  readonly name: PlannerName;
  readonly #planner: Planner;
  readonly #graph: PlannedGraph;

  constructor(planner: Planner, supergraph: DocumentNode, apiSchema: GraphQLSchema) {
    this.name = planner.name;
    this.#planner = planner;
    this.#graph = {
      apiSchema,
      required: requiredFields(supergraph),
      hasInterfaceObjects: hasInterfaceObjects(supergraph),
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
    const document = plannedDocument(original, operation, values, this.#graph);
    if (!document) return { kind: 'operation', root: null };
    const plan = await this.#planner.plan(document, operationName);
    if (plan.kind === 'operation' && !plan.root) {
      // Some planners leave out what they find no way to; the client would take the null for an answer.
      throw new GraphQLError(
        'This operation cannot be planned: the subgraphs do not offer what it asks for.',
        {
          extensions: { code: 'PLANNING_FAILED' },
        },
      );
    }
    return plan;
  }

  /** The name under which a field of the client's operation stands in what the plan fetches. */
  fetchedName(field: FieldNode): string {
    return fetchedName(field, this.#graph.required);
  }
}

function hasInterfaceObjects(supergraph: DocumentNode): boolean {
  let found = false;
  visit(supergraph, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'join__type') return;
      found ||= given?.some(isTrueInterfaceObject) ?? false;
    },
  });
  return found;
}

function isTrueInterfaceObject({ name, value }: ArgumentNode): boolean {
  return name.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value;
}
