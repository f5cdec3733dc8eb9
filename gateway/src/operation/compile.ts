import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import { compileShape, type Shape } from '../execute/shape.ts';
import type { QueryPlan } from '../planner/plan.ts';
import type { Planner } from '../planner/planner.ts';
import { conditionVariables } from './conditions.ts';

/** All that is known of an operation before it runs: made once, kept in the cache of operations. */
export interface CompiledOperation {
  /** The document's sha256 and the operation's name. */
  key: string;
  kind: OperationTypeNode;
  name: string | null;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  document: DocumentNode;
  schema: GraphQLSchema;
  plan: QueryPlan;
  /** The variables as the operation declares them, with defaults. */
  coerce(variables: JsonObject): { values: JsonObject } | { errors: readonly GraphQLError[] };
  /** For these variables. */
  shape(values: JsonObject): Shape;
  introspect(field: FieldNode, values: JsonObject): unknown;
}

/** Shapes kept for one operation: one for each set of conditions that has been used. */
const maxShapes = 64;
/** Wrong variables told at a time. */
const maxVariableErrors = 20;

export function keyOf(hash: string, operationName: string | null | undefined): string {
  return operationName ? `${hash}:${operationName}` : hash;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Throws an array of GraphQLErrors that the client may see. */
export function parseAndValidate(
  text: string,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
  maxTokens: number | undefined,
): DocumentNode {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) throw [withCode(error, 'GRAPHQL_PARSE_FAILED')];
    throw error;
  }
  const errors = validate(schema, document, [...specifiedRules, ...rules]);
  if (errors.length > 0) throw errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
  return document;
}

/** The same error with a code, unless it has one. */
export function withCode(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    originalError: error.originalError,
    extensions: { code, ...error.extensions },
  });
}

/** `document` is valid. Throws an array of GraphQLErrors that the client may see. */
export async function compileOperation(
  key: string,
  document: DocumentNode,
  operationName: string | null | undefined,
  schema: GraphQLSchema,
  planner: Planner,
): Promise<CompiledOperation> {
  const operation = getOperationAST(document, operationName ?? undefined);
  if (!operation) {
    const message = operationName
      ? `Unknown operation named "${operationName}".`
      : 'Must provide operation name.';
    throw [new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })];
  }
  let plan: QueryPlan;
  try {
    plan = await planner.plan(document, operation.name?.value);
  } catch (error) {
    if (error instanceof GraphQLError) throw [withCode(error, 'PLANNING_FAILED')];
    throw error;
  }
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return {
    key,
    kind: operation.operation,
    name: operation.name?.value ?? null,
    operation,
    fragments,
    document,
    schema,
    plan,
    coerce: coercionOf(schema, operation),
    shape: shapesOf(schema, operation, fragments, conditionVariables(document)),
    introspect: (field, values) => introspect(schema, operation, fragments, field, values),
  };
}

function coercionOf(schema: GraphQLSchema, operation: OperationDefinitionNode): CompiledOperation['coerce'] {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return () => ({ values: {} });
  return (variables) => {
    const { coerced, errors } = getVariableValues(schema, definitions, variables, {
      maxErrors: maxVariableErrors,
    });
    if (errors) return { errors: errors.map((error) => withCode(error, 'BAD_USER_INPUT')) };
    return { values: coerced };
  };
}

function shapesOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  conditions: readonly string[],
): CompiledOperation['shape'] {
  const shapes = new Map<string, Shape>();
  return (values) => {
    const key = conditions.map((name) => (values[name] === true ? '1' : '0')).join('');
    let shape = shapes.get(key);
    if (!shape) {
      if (shapes.size >= maxShapes) shapes.clear();
      shape = compileShape({ schema, operation, fragments }, values);
      shapes.set(key, shape);
    }
    return shape;
  };
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
