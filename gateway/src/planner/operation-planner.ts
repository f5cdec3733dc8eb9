import type { Log } from '@alexandrite/telemetry/log';
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  isAbstractType,
} from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import { fetchedName } from './client-names.ts';
import type { QueryPlan } from './plan.ts';
import { type PlannedGraph, plannedDocument } from './planned-document.ts';
import type { Planner, PlannerName } from './planner.ts';
import { requiredFields } from './required-fields.ts';

export interface PlannedSupergraph {
  document: DocumentNode;
  /** All of it, with the directives of composition. */
  fullSchema: GraphQLSchema;
  /** What clients see. */
  apiSchema: GraphQLSchema;
}

/** Plans a client's operations: a planner gets them without what planners stumble over. */
export class OperationPlanner {
  readonly name: PlannerName;
  readonly #planner: Planner;
  readonly #graph: PlannedGraph;
  readonly #log: Log;

  constructor(planner: Planner, { document, fullSchema, apiSchema }: PlannedSupergraph, log: Log) {
    this.#log = log;
    this.name = planner.name;
    this.#planner = planner;
    this.#graph = {
      apiSchema,
      required: requiredFields(document),
      partlyHidden: partlyHidden(fullSchema, apiSchema),
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
    const plan = await this.#plan(document, operationName);
    if (plan.kind === 'operation' && !plan.root) {
      // Some planners leave out what they find no way to; the client would take the null for an answer.
      throw new GraphQLError('The subgraphs do not offer what this operation asks for.', {
        extensions: { code: 'PLANNING_FAILED' },
      });
    }
    return plan;
  }

  async #plan(document: DocumentNode, operationName: string | undefined): Promise<QueryPlan> {
    try {
      return await this.#planner.plan(document, operationName);
    } catch (error) {
      if (error instanceof GraphQLError) throw error;
      this.#log.error({ err: error, operation: operationName ?? null }, 'an operation cannot be planned');
      throw new GraphQLError('This operation cannot be planned.', {
        extensions: { code: 'PLANNING_FAILED' },
      });
    }
  }

  /** The name under which a field of the client's operation stands in what the plan fetches. */
  fetchedName(field: FieldNode): string {
    return fetchedName(field, this.#graph.required);
  }
}

function partlyHidden(fullSchema: GraphQLSchema, apiSchema: GraphQLSchema): Set<string> {
  const names = Object.values(fullSchema.getTypeMap())
    .filter(isAbstractType)
    .filter((type) => fullSchema.getPossibleTypes(type).some(({ name }) => !apiSchema.getType(name)));
  return new Set(names.map(({ name }) => name));
}
