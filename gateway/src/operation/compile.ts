import { hash } from 'node:crypto';
import type { Claims } from '@alexandrite/auth/token';
import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { gatewayError } from '../errors.ts';
import type { JsonObject } from '../execute/json.ts';
import { compileShape, type Shape } from '../execute/shape.ts';
import type { OperationPlanner } from '../planner/operation-planner.ts';
import type { ActiveLabels } from '../planner/override-labels.ts';
import type { QueryPlan } from '../planner/plan.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { type Coerce, compileCoerce } from './coerce.ts';
import type { CompilationObserver } from './compilation-observer.ts';
import { type CompiledDeferral, deferralsOf } from './compile-deferral.ts';
import { conditionVariables } from './conditions.ts';
import { type CostFormula, compileCost } from './cost.ts';
import type { CostModel } from './cost-model.ts';
import { deferConditions } from './deferral.ts';
import { withCode } from './document.ts';
import { guarded } from './guard.ts';
import { compileLocate, forgetTokens, type Locate } from './locate.ts';
import { plansOf } from './plans.ts';
import type { Denies, Scopes } from './scopes.ts';
import { variantsOf } from './variants.ts';

/** All that is known of an operation before it runs: made once, kept in the cache of operations. */
export interface CompiledOperation {
  /** The document's sha256 and the operation's name. */
  key: string;
  kind: OperationTypeNode;
  name: string | null;
  /** Without what is denied to the caller, like the fragments. */
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As the client sent it. */
  document: DocumentNode;
  schema: GraphQLSchema;
  /** For these variables. Rejects with a GraphQLError that the client may see. */
  plan(values: JsonObject): Promise<QueryPlan>;
  /** The variables as the operation declares them, with defaults. */
  coerce: Coerce;
  /** For these variables. */
  shape(values: JsonObject): Shape;
  /** For these variables; only who has a budget asks. */
  cost(values: JsonObject): CostFormula;
  introspect(field: FieldNode, values: JsonObject): unknown;
  locate: Locate;
  /** Whether `@defer` is in it. */
  defers: boolean;
  /** What of it comes later, for these variables; null when nothing does. */
  deferral(values: JsonObject): Promise<CompiledDeferral | null>;
  /** The operation as this caller may run it. Without it, it is as nobody in particular may. */
  for(claims: Claims | null): CompiledOperation;
}

/** What operations are compiled against. */
export interface Compilation {
  supergraph: Supergraph;
  costs: CostModel;
  observer: CompilationObserver;
  access: Access;
}

/** Who may see what. */
export interface Access {
  scopes: Scopes;
  /** Whether an operation with something that the caller must not see is refused as a whole. */
  refuses: boolean;
}

export function keyOf(hash: string, operationName: string | null | undefined): string {
  return operationName ? `${hash}:${operationName}` : hash;
}

export function hashOf(text: string): string {
  return hash('sha256', text);
}

/** `document` is valid. Throws an array of GraphQLErrors that the client may see. */
export async function compileOperation(
  key: string,
  document: DocumentNode,
  operationName: string | null | undefined,
  compilation: Compilation,
): Promise<CompiledOperation> {
  const { access } = compilation;
  const operation = getOperationAST(document, operationName ?? undefined);
  if (!operation) {
    const message = operationName
      ? `Unknown operation named "${operationName}".`
      : 'Must provide operation name.';
    throw [new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })];
  }
  // Readers of JSON refuse or drop such a key, those of subgraphs too.
  if (operation.variableDefinitions?.some(({ variable }) => variable.name.value === '__proto__')) {
    throw [gatewayError('NOT_SUPPORTED', 'A variable cannot be called __proto__.')];
  }
  const scopes = access.scopes.of(document);
  const source = { key, document, operation };
  if (scopes) {
    forgetTokens(document);
    return guarded(scopes, (denies) => compileView(source, denies, compilation));
  }
  const compiled = compileView(source, null, compilation);
  const planning = conditionVariables(document).length === 0 ? compiled.plan({}) : null;
  // While the planner works.
  forgetTokens(document);
  if (planning) {
    if (compiled.kind !== 'subscription' && !compiled.defers) compiled.shape({}).prepare();
    // There is only one plan: an operation that cannot be planned is not kept.
    await planning.catch((error: unknown) => {
      throw error instanceof GraphQLError ? [error] : error;
    });
  }
  return compiled;
}

/** An operation for those who are denied something of it, or nothing: they get null for it, and no subgraph hears of it. */
function compileView(
  source: { key: string; document: DocumentNode; operation: OperationDefinitionNode },
  denies: Denies | null,
  { supergraph, costs, observer, access }: Compilation,
): CompiledOperation {
  const name = source.operation.name?.value;
  const document = denies ? access.scopes.without(source.document, denies) : source.document;
  const operation = getOperationAST(document, name)!;
  const fragments = fragmentsOf(document);
  const { apiSchema: schema, fullSchema } = supergraph;
  const nameOf = (field: FieldNode) => supergraph.planner.fetchedName(field);
  const deferring = deferConditions(document);
  const conditions = conditionVariables(source.document);
  const refused =
    denies &&
    (access.refuses ||
      (operation.operation === 'subscription' && operation.selectionSet.selections.length === 0))
      ? gatewayError('UNAUTHORIZED_FIELD_OR_TYPE', 'Unauthorized field or type')
      : null;
  const plan = plansOf(supergraph.planner, document, (labels) =>
    variantsOf(conditions, (values) =>
      observer.planning(supergraph.planner.name, () =>
        planOf(supergraph.planner, document, name, values, labels),
      ),
    ),
  );
  const shaped = {
    schema,
    operation: source.operation,
    fragments: fragmentsOf(source.document),
    nameOf,
    denies,
  };
  const compiled: CompiledOperation = {
    key: source.key,
    kind: operation.operation,
    name: name ?? null,
    operation,
    fragments,
    document: source.document,
    schema,
    plan: refused ? () => Promise.reject(refused) : plan,
    coerce: compileCoerce(schema, operation.variableDefinitions ?? []),
    shape: variantsOf(conditions, (values) => compileShape(shaped, values)),
    cost: variantsOf(conditions, (values) =>
      compileCost({ schema: fullSchema, operation, fragments, nameOf }, costs, values),
    ),
    defers: deferring.defers,
    // What is denied is told with all the rest.
    deferral: denies
      ? () => Promise.resolve(null)
      : deferralsOf(
          { schema, document, operation, fragments, planner: supergraph.planner, observer },
          conditions,
          deferring.variables,
        ),
    introspect: (field, values) => introspect(schema, source.operation, shaped.fragments, field, values),
    locate: compileLocate(source.operation, shaped.fragments),
    for: () => compiled,
  };
  return compiled;
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

async function planOf(
  planner: OperationPlanner,
  document: DocumentNode,
  operationName: string | undefined,
  values: JsonObject,
  labels: ActiveLabels,
): Promise<QueryPlan> {
  try {
    return await planner.plan(document, operationName, values, labels);
  } catch (error) {
    throw error instanceof GraphQLError ? withCode(error, 'PLANNING_FAILED') : error;
  }
}

function introspect(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  field: FieldNode,
  values: JsonObject,
): unknown {
  const { data, errors } = executeSync({
    schema,
    variableValues: values,
    rootValue: {},
    document: {
      kind: Kind.DOCUMENT,
      definitions: [
        {
          ...operation,
          operation: OperationTypeNode.QUERY,
          selectionSet: { kind: Kind.SELECTION_SET, selections: [{ ...field, directives: [] }] },
        },
        ...fragments.values(),
      ],
    },
  });
  if (errors?.[0]) throw errors[0];
  return data?.[field.alias?.value ?? field.name.value] ?? null;
}
