import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isIncluded } from '../operation/conditions.ts';
import type { Denies } from '../operation/scopes.ts';
import type { JsonObject } from './json.ts';
import { leafOf } from './leaf.ts';
import type { UnfitValue } from './unfit-value.ts';
import {
  broken,
  denied,
  type FieldShape,
  fieldShape,
  introspected,
  leafShape,
  listOf,
  nonNull,
  objectOf,
  type ShapeRun,
  typenameOf,
  type ValueShape,
} from './value-shape.ts';

/**
 * Builds the response out of what was fetched: only what was asked for, in the order of the operation, with values that
 * fit their types, nulls moved up as the specification says. Compiled once per operation and set of conditions.
 */
export interface Shape {
  (fetched: JsonObject, introspect: (field: FieldNode) => unknown): Shaped;
  /** The same as text, for who sends it: there is no object to be built and read again. */
  json(fetched: JsonObject, introspect: (field: FieldNode) => unknown): ShapedJson;
  /** Compiles now what would be compiled when the first values come. */
  prepare(): void;
}

export interface Shaped {
  data: JsonObject | null;
  /** Values that did not fit and became null; each with its path. */
  errors: readonly UnfitValue[];
  /** What the caller must not see. */
  denied: readonly GraphQLError[];
}

export interface ShapedJson {
  /** JSON; `null` where nothing is left. */
  data: string;
  errors: readonly UnfitValue[];
  denied: readonly GraphQLError[];
}

export interface ShapedOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Under which name a field's value stands in what is shaped. */
  nameOf(field: FieldNode): string;
  /** What the caller must not see: null, and an error that says so. */
  denies?: Denies | null | undefined;
  /** What is shaped; the root when it is absent. */
  type?: GraphQLCompositeType | undefined;
}

/** Fields at most that are prepared: more only when they are needed. */
const maxPrepared = 500;

/** `conditions` are the values of the variables that `@skip` and `@include` use. */
export function compileShape(shaped: ShapedOperation, conditions: JsonObject): Shape {
  const root = shaped.type ?? shaped.schema.getRootType(shaped.operation.operation);
  if (!root) throw new GraphQLError(`The schema has no ${shaped.operation.operation}.`);
  const whole = new ShapeCompiler(shaped, conditions).object(root, [
    { selectionSet: shaped.operation.selectionSet, parent: root },
  ]);
  const source = shaped.operation.loc?.source;
  const begin = (introspect: ShapeRun['introspect']): ShapeRun => {
    return { path: [], field: null, source, errors: [], denied: [], introspect };
  };
  const asObject = (fetched: JsonObject, introspect: ShapeRun['introspect']): Shaped => {
    const run = begin(introspect);
    const data = whole.complete(fetched, run);
    const { errors, denied } = run;
    return { data: data === broken ? null : (data as JsonObject), errors, denied };
  };
  return Object.assign(asObject, {
    json(fetched: JsonObject, introspect: ShapeRun['introspect']): ShapedJson {
      const run = begin(introspect);
      const data = whole.write(fetched, run);
      const { errors, denied } = run;
      return { data: typeof data === 'string' ? data : 'null', errors, denied };
    },
    prepare: () => whole.prepare({ left: maxPrepared }),
  });
}

/** A field, and the type that it is asked of. */
interface Asked {
  node: FieldNode;
  parent: GraphQLCompositeType;
}

/** A selection, and the type that its fields are asked of. */
interface Selected {
  selectionSet: SelectionSetNode;
  parent: GraphQLCompositeType;
}

/** By their keys in the response: all of the fields, and those that are not denied. */
type Collected = Map<string, { all: Asked[]; allowed: Asked[] }>;

class ShapeCompiler {
  readonly #shaped: ShapedOperation;
  readonly #conditions: JsonObject;

  constructor(shaped: ShapedOperation, conditions: JsonObject) {
    this.#shaped = shaped;
    this.#conditions = conditions;
  }

  /** The selection of a composite type; compiled for each type of object that really comes. */
  object(declared: GraphQLCompositeType, selections: readonly Selected[]): ValueShape {
    return objectOf(declared.name, isObjectType(declared), (name) => {
      const type = this.#shaped.schema.getType(name);
      // A subgraph may speak of a type that clients may not see: its name must not be shown. Nor may one that cannot be here.
      return type && isCompositeType(type) && this.#fits(type, declared)
        ? this.#fields(type, selections)
        : null;
    });
  }

  #fields(type: GraphQLCompositeType, selections: readonly Selected[]): readonly FieldShape[] {
    const collected: Collected = new Map();
    for (const selected of selections) this.#collect(type, selected, collected);
    return [...collected].map(([key, { all, allowed }], index) =>
      fieldShape(
        key,
        this.#shaped.nameOf(all[0]!.node),
        allowed.length > 0 ? this.#field(type, allowed) : this.#denied(type, all[0]!),
        all.flatMap(({ node }) => node.loc?.start ?? []),
        index,
      ),
    );
  }

  #collect(type: GraphQLCompositeType, { selectionSet, parent }: Selected, collected: Collected): void {
    for (const selection of selectionSet.selections) {
      if (!isIncluded(selection, this.#conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const asked = { node: selection, parent };
        let known = collected.get(key);
        if (!known) {
          known = { all: [], allowed: [] };
          collected.set(key, known);
        }
        known.all.push(asked);
        if (!this.#shaped.denies?.(parent.name, selection.name.value)) known.allowed.push(asked);
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
      this.#collect(type, { selectionSet: fragment.selectionSet, parent: conditionType }, collected);
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

  #field(type: GraphQLCompositeType, asked: readonly Asked[]): ValueShape {
    const { node, parent } = asked[0]!;
    const name = node.name.value;
    // The root types' names are the supergraph's, and an interface's name is not an object's.
    if (name === '__typename') return typenameOf(type.name, isObjectType(type));
    if (name === '__schema' || name === '__type') {
      // Introspection never comes from a subgraph.
      return introspected({ ...node, selectionSet: mergedSelection(asked) });
    }
    const definition = fieldOf(type, name) ?? fieldOf(parent, name);
    if (!definition) throw new GraphQLError(`${type.name} has no field ${name}.`);
    return this.#value(definition.type, asked, `${fieldOf(type, name) ? type.name : parent.name}.${name}`);
  }

  #denied(type: GraphQLCompositeType, { node: { name }, parent }: Asked): ValueShape {
    const definition = fieldOf(type, name.value) ?? fieldOf(parent, name.value);
    return denied(isNonNullType(definition?.type));
  }

  #value(type: GraphQLOutputType, asked: readonly Asked[], at: string): ValueShape {
    if (isNonNullType(type)) return nonNull(this.#value(type.ofType, asked, at), at);
    if (isListType(type)) return listOf(this.#value(type.ofType, asked, at), at);
    if (!isCompositeType(type)) return leafShape(leafOf(type), type.name, at);
    return this.object(
      type,
      asked.flatMap(({ node: { name, selectionSet }, parent }): Selected[] => {
        const declared = getNamedType(fieldOf(parent, name.value)?.type);
        return selectionSet ? [{ selectionSet, parent: isCompositeType(declared) ? declared : type }] : [];
      }),
    );
  }
}

function fieldOf(
  type: GraphQLCompositeType,
  name: string,
): ReturnType<GraphQLObjectType['getFields']>[string] | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function mergedSelection(asked: readonly Asked[]): SelectionSetNode {
  return {
    kind: Kind.SELECTION_SET,
    selections: asked.flatMap(({ node }) => node.selectionSet?.selections ?? []),
  };
}
