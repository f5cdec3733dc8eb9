import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  GraphQLID,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded } from '../operation/conditions.ts';
import { isObject, type JsonObject, own, setOwn } from './json.ts';
import type { ResponsePath } from './place.ts';

/**
 * Builds the response out of what was fetched: only what was asked for, in the order of the operation, with values that
 * fit their types, nulls moved up as the specification says. Compiled once per operation and set of conditions.
 */
export type Shape = (fetched: JsonObject, introspect: (field: FieldNode) => unknown) => Shaped;

export interface Shaped {
  data: JsonObject | null;
  /** Values that did not fit and became null; each with its path. */
  errors: GraphQLError[];
}

export interface ShapedOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Under which name a field's value stands in what is shaped. */
  nameOf(field: FieldNode): string;
}

/** `conditions` are the values of the variables that `@skip` and `@include` use. */
export function compileShape(shaped: ShapedOperation, conditions: JsonObject): Shape {
  const root = shaped.schema.getRootType(shaped.operation.operation);
  if (!root) throw new GraphQLError(`The schema has no ${shaped.operation.operation}.`);
  const complete = new ShapeCompiler(shaped, conditions).object(root, [shaped.operation.selectionSet]);
  return (fetched, introspect) => {
    const run: Run = { path: [], errors: [], introspect };
    const data = complete(fetched, run);
    return { data: data === broken ? null : (data as JsonObject), errors: run.errors };
  };
}

interface Run {
  path: (string | number)[];
  errors: GraphQLError[];
  introspect: (field: FieldNode) => unknown;
}

/** Null at this place, and its error is recorded already. */
const broken = Symbol('broken');
/** Null where null is not allowed: the parent becomes null. The error is recorded already. */
const bubble = Symbol('bubble');

type Complete = (value: unknown, run: Run) => unknown;

interface FieldShape {
  key: string;
  read: (object: JsonObject) => unknown;
  write: (object: JsonObject, value: unknown) => void;
  complete: Complete;
}

class ShapeCompiler {
  readonly #shaped: ShapedOperation;
  readonly #conditions: JsonObject;

  constructor(shaped: ShapedOperation, conditions: JsonObject) {
    this.#shaped = shaped;
    this.#conditions = conditions;
  }

  /** The selection of a composite type; compiled for each type of object that really comes. */
  object(declared: GraphQLCompositeType, selections: readonly SelectionSetNode[]): Complete {
    const { schema } = this.#shaped;
    const byType = new Map<string, readonly FieldShape[]>();
    return (value, run) => {
      if (!isObject(value)) return invalid(run, `Expected an object of the type ${declared.name}.`);
      const typename = own(value, '__typename');
      const name = typeof typename === 'string' ? typename : declared.name;
      let fields = byType.get(name);
      if (!fields) {
        const type = schema.getType(name);
        // A subgraph may speak of a type that clients may not see: its name must not be shown.
        if (!type || !isCompositeType(type)) {
          return invalid(run, `Expected an object of the type ${declared.name}.`);
        }
        fields = this.#fields(type, selections);
        byType.set(name, fields);
      }
      const shaped: JsonObject = {};
      for (const field of fields) {
        run.path.push(field.key);
        const completed = field.complete(field.read(value), run);
        run.path.pop();
        if (completed === bubble) return broken;
        field.write(shaped, completed === broken ? null : completed);
      }
      return shaped;
    };
  }

  #fields(type: GraphQLCompositeType, selections: readonly SelectionSetNode[]): readonly FieldShape[] {
    const collected = new Map<string, { nodes: FieldNode[]; parent: GraphQLCompositeType }>();
    for (const selection of selections) this.#collect(type, type, selection, collected);
    return [...collected].map(([key, { nodes, parent }]) => {
      const name = this.#shaped.nameOf(nodes[0]!);
      return { key, read: reader(name), write: writer(key), complete: this.#field(type, parent, nodes) };
    });
  }

  #collect(
    type: GraphQLCompositeType,
    parent: GraphQLCompositeType,
    selectionSet: SelectionSetNode,
    collected: Map<string, { nodes: FieldNode[]; parent: GraphQLCompositeType }>,
  ): void {
    for (const selection of selectionSet.selections) {
      if (!isIncluded(selection, this.#conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const known = collected.get(key);
        if (known) known.nodes.push(selection);
        else collected.set(key, { nodes: [selection], parent });
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : this.#shaped.fragments.get(selection.name.value);
      if (!fragment) continue;
      const condition = fragment.typeCondition?.name.value;
      const conditionType = condition === undefined ? parent : this.#shaped.schema.getType(condition);
      if (!conditionType || !isCompositeType(conditionType) || !this.#fits(type, conditionType)) continue;
      this.#collect(type, conditionType, fragment.selectionSet, collected);
    }
  }

  #fits(type: GraphQLCompositeType, condition: GraphQLCompositeType): boolean {
    if (type === condition) return true;
    return (
      isAbstractType(condition) &&
      (isObjectType(type) || isInterfaceType(type)) &&
      this.#shaped.schema.isSubType(condition, type)
    );
  }

  #field(type: GraphQLCompositeType, parent: GraphQLCompositeType, nodes: readonly FieldNode[]): Complete {
    const node = nodes[0]!;
    const name = node.name.value;
    if (name === '__typename') return typenameOf(type);
    if (name === '__schema' || name === '__type') {
      // Introspection never comes from a subgraph.
      const merged = { ...node, selectionSet: mergedSelection(nodes) };
      return (_, run) => run.introspect(merged);
    }
    const definition = fieldOf(type, name) ?? fieldOf(parent, name);
    if (!definition) throw new GraphQLError(`${type.name} has no field ${name}.`);
    return this.#value(definition.type, nodes, `${parent.name}.${name}`);
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[], at: string): Complete {
    if (isNonNullType(type)) {
      const complete = this.#value(type.ofType, nodes, at);
      return (value, run) => {
        const completed = complete(value, run);
        if (completed === null) {
          record(run, `Cannot return null for the non-nullable field ${at}.`);
          return bubble;
        }
        return completed === broken ? bubble : completed;
      };
    }
    if (isListType(type)) {
      const complete = this.#value(type.ofType, nodes, at);
      return (value, run) => {
        if (value === null || value === undefined) return null;
        if (!Array.isArray(value)) return invalid(run, `Expected a list for ${at}.`);
        const items: unknown[] = new Array(value.length);
        let bubbled = false;
        for (let index = 0; index < value.length; index++) {
          run.path.push(index);
          const completed = complete(value[index], run);
          run.path.pop();
          if (completed === bubble) bubbled = true;
          items[index] = completed === broken ? null : completed;
        }
        return bubbled ? broken : items;
      };
    }
    if (isCompositeType(type)) {
      const complete = this.object(
        type,
        nodes.flatMap((node) => node.selectionSet ?? []),
      );
      return (value, run) => (value === null || value === undefined ? null : complete(value, run));
    }
    const fits = leafTest(type);
    return (value, run) => {
      if (value === null || value === undefined) return null;
      return fits(value) ? value : invalid(run, `Expected a value of the type ${type.name} for ${at}.`);
    };
  }
}

/** A name that objects inherit needs a closer look; the others are read as they are. */
function reader(name: string): FieldShape['read'] {
  return name in Object.prototype ? (object) => own(object, name) : (object) => object[name];
}

function writer(key: string): FieldShape['write'] {
  if (key === '__proto__') return (object, value) => setOwn(object, key, value);
  return (object, value) => {
    object[key] = value;
  };
}

/** The root types' names are the supergraph's, and an interface's name is not an object's. */
function typenameOf(type: GraphQLCompositeType): Complete {
  if (isObjectType(type)) return () => type.name;
  return (_, run) => {
    record(run, `Expected the type of an object, got the abstract ${type.name}.`);
    return bubble;
  };
}

function fieldOf(
  type: GraphQLCompositeType,
  name: string,
): ReturnType<GraphQLObjectType['getFields']>[string] | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function mergedSelection(nodes: readonly FieldNode[]): SelectionSetNode {
  return {
    kind: Kind.SELECTION_SET,
    selections: nodes.flatMap((node) => node.selectionSet?.selections ?? []),
  };
}

/** Whether a subgraph's value is one of the type's. A scalar of their own is the subgraphs' business. */
export function leafTest(type: GraphQLOutputType): (value: unknown) => boolean {
  const named = getNamedType(type);
  if (isEnumType(named)) {
    return (value) => typeof value === 'string' && named.getValue(value) !== undefined;
  }
  if (!isSpecifiedScalarType(named)) return () => true;
  switch (named.name) {
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'Int':
      return (value) => Number.isInteger(value);
    case 'Float':
      return (value) => typeof value === 'number';
    case GraphQLID.name:
      return (value) => typeof value === 'string' || Number.isInteger(value);
    default:
      return (value) => typeof value === 'string';
  }
}

function invalid(run: Run, message: string): typeof broken {
  record(run, message);
  return broken;
}

function record(run: Run, message: string): void {
  run.errors.push(new GraphQLError(message, { path: [...run.path], extensions: { code: 'INVALID_VALUE' } }));
}

/** Those values that no error of a fetch explains: neither at their place nor above nor below it. */
export function unexplained(
  completion: readonly GraphQLError[],
  errors: readonly GraphQLError[],
): GraphQLError[] {
  return completion.filter((error) => !errors.some(({ path }) => !path || related(path, error.path ?? [])));
}

function related(one: ResponsePath, other: ResponsePath): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) if (one[index] !== other[index]) return false;
  return true;
}
