import {
  type ConstDirectiveNode,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { isObject, own } from '../execute/json.ts';
import { directiveArguments } from '../supergraph/linked-directive.ts';

type Annotated = { directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;

/** A leaf inside a payload: `order.id`. */
export interface PayloadPath {
  text: string;
  steps: readonly { name: string; nullable: boolean }[];
  type: GraphQLLeafType;
}

/**
 * Reads a path from the type of an event field, of the subgraphs that have the field. Behind a union or an interface every
 * object must have it. Throws a TypeError that says what is wrong with it.
 */
export function readPayloadPath(
  text: string,
  root: GraphQLOutputType,
  graphs: ReadonlySet<string>,
  schema: GraphQLSchema,
): PayloadPath {
  let types: GraphQLOutputType[] = [root];
  const steps: PayloadPath['steps'][number][] = [];
  for (const name of text.split('.')) {
    const found = types.flatMap((type) =>
      objectsOf(type, schema).map((object) => {
        const field = object.getFields()[name];
        if (!field) throw new TypeError(`there is no ${object.name}.${name} for ${text}`);
        const of = graphsOf(field.astNode, object.astNode);
        if (graphs.size > 0 && of.size > 0 && ![...of].some((graph) => graphs.has(graph))) {
          throw new TypeError(
            `${object.name}.${name} for ${text} is not in the payload: no event subgraph has it`,
          );
        }
        return field.type;
      }),
    );
    steps.push({ name, nullable: found.some((type) => !isNonNullType(type)) });
    types = found.map((type) => (isNonNullType(type) ? type.ofType : type));
    if (found.length === 0 || types.some(isListType)) {
      throw new TypeError(`expected ${text} to lead to one value, got a list at ${name}`);
    }
  }
  const [type] = types;
  if (!type || !isLeafType(type) || types.some((other) => getNamedType(other) !== type)) {
    throw new TypeError(`expected ${text} to be a scalar or an enum, got ${types.map(String).join(', ')}`);
  }
  return { text, steps, type };
}

/** Undefined when the payload lacks what it must have, or holds something else there. */
export function valueAtPath(
  path: PayloadPath,
  payload: unknown,
): string | number | boolean | null | undefined {
  let value = payload;
  for (const { name, nullable } of path.steps) {
    if (!isObject(value)) return undefined;
    value = own(value, name) ?? null;
    if (value === null) return nullable ? null : undefined;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

/** The subgraphs that have a field, as composition has written them down; empty when it has not. */
export function graphsOf(field: Annotated, type: Annotated): Set<string> {
  const graphs = (node: Annotated, directive: string) =>
    (node?.directives ?? [])
      .filter(({ name }) => name.value === directive)
      .flatMap((applied) => directiveArguments(applied).graph ?? [])
      .map(String);
  const ofField = graphs(field, 'join__field');
  return new Set(ofField.length > 0 ? ofField : graphs(type, 'join__type'));
}

function objectsOf(type: GraphQLOutputType, schema: GraphQLSchema) {
  const named = getNamedType(type);
  if (isObjectType(named)) return [named];
  return isAbstractType(named) ? schema.getPossibleTypes(named) : [];
}
