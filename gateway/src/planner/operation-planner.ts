import type { Log } from '@alexandrite/telemetry/log';
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  isAbstractType,
  type OperationDefinitionNode,
} from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import { fetchedName } from './client-names.ts';
import { ContextSelections } from './context-selections.ts';
import type { DeferringPlan } from './deferring-plan.ts';
import type { DeferringPlanner } from './deferring-planner.ts';
import { type ActiveLabels, type LabelSettings, noLabels, OverrideLabels } from './override-labels.ts';
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
export class OperationPlanner implements Disposable {
  readonly name: PlannerName;
  readonly #planner: Planner;
  readonly #deferring: DeferringPlanner;
  /** They say from request to request which subgraph a field comes from. */
  readonly labels: OverrideLabels;
  readonly #graph: PlannedGraph;
  readonly #log: Log;

  /** `deferring` plans what has `@defer`, which other planners do not know. */
  constructor(
    planner: Planner,
    deferring: DeferringPlanner,
    { document, fullSchema, apiSchema }: PlannedSupergraph,
    log: Log,
    labels: LabelSettings = {},
  ) {
    this.#deferring = deferring;
    this.#log = log;
    this.name = planner.name;
    this.#planner = planner;
    const required = requiredFields(document);
    this.labels = new OverrideLabels(document, required.names, labels);
    this.#graph = {
      apiSchema,
      required,
      contexts: new ContextSelections(document, fullSchema, apiSchema),
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
    labels: ActiveLabels = noLabels,
  ): Promise<QueryPlan> {
    const operation = getOperationAST(original, operationName);
    if (!operation) throw new TypeError(`expected an operation ${operationName ?? 'without a name'}`);
    const document = plannedDocument(original, operation, values, this.#graph);
    if (!document) return { kind: 'operation', root: null };
    const plan = await this.#plan(document, operationName, labels);
    if (plan.kind === 'operation' && !plan.root) {
      // Some planners leave out what they find no way to; the client would take the null for an answer.
      throw new GraphQLError('The subgraphs do not offer what this operation asks for.', {
        extensions: { code: 'PLANNING_FAILED' },
      });
    }
    return plan;
  }

  /**
   * Like `plan`, for an operation whose fragments with `@defer` have labels that tell them apart, none of them at the root.
   * Null when no plan is found that asks for them later.
   */
  async planDeferring(
    original: DocumentNode,
    operation: OperationDefinitionNode,
    values: JsonObject,
    labels: ActiveLabels = noLabels,
  ): Promise<DeferringPlan | null> {
    const document = plannedDocument(original, operation, values, this.#graph, { deferring: true });
    if (!document) return { run: null, deferred: [] };
    const name = operation.name?.value;
    try {
      return await this.#deferring.plan(document, name, labels);
    } catch (error) {
      // The planner trips over fields that require others at some places.
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn(
        { operation: name ?? null, reason },
        'an operation with @defer comes at once: there is no plan of its parts',
      );
      return null;
    }
  }

  async #plan(
    document: DocumentNode,
    operationName: string | undefined,
    labels: ActiveLabels,
  ): Promise<QueryPlan> {
    try {
      return await this.#planner.plan(document, operationName, labels);
    } catch (error) {
      if (error instanceof GraphQLError) throw error;
      this.#log.error({ err: error, operation: operationName ?? null }, 'an operation cannot be planned');
      throw new GraphQLError('This operation cannot be planned.', {
        extensions: { code: 'PLANNING_FAILED' },
      });
    }
  }

  /** Gives back what plans hold beside memory. */
  [Symbol.dispose](): void {
    this.#deferring[Symbol.dispose]();
    this.#planner.close?.();
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
