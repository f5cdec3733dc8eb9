import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isObject, type JsonObject, own } from '../execute/json.ts';
import { isIncluded } from './conditions.ts';
import type { CostModel, ListSize } from './cost-model.ts';

/** The price of an operation, in points. */
export interface CostFormula {
  /** Before it runs: what it costs when every list is as long as it may be. */
  requested(values: JsonObject): number;
  /** After it ran: what was fetched costs. */
  actual(values: JsonObject, fetched: JsonObject): number;
}

export interface PricedOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Under which name a field's value stands in what was fetched. */
  nameOf(field: FieldNode): string;
}

/** `conditions` are the values of the variables that `@skip` and `@include` use. */
export function compileCost(priced: PricedOperation, model: CostModel, conditions: JsonObject): CostFormula {
  const root = priced.schema.getRootType(priced.operation.operation);
  if (!root) throw new TypeError(`the schema has no ${priced.operation.operation}`);
  const selection = new CostCompiler(priced, model, conditions).selection(root, [
    priced.operation.selectionSet,
  ]);
  return {
    requested: (values) => selection.requested(values, null, 0),
    actual: (values, fetched) => selection.actual(values, fetched, 0),
  };
}

/** Lengths that a parent gives to its `sizedFields`. */
type Sized = { fields: readonly string[]; size: number } | null;

/** One object: `weight` is its field's, which replaces the type's. */
interface Selection {
  requested(values: JsonObject, sized: Sized, weight: number | null): number;
  actual(values: JsonObject, object: JsonObject, weight: number | null): number;
}

class CostCompiler {
  readonly #priced: PricedOperation;
  readonly #model: CostModel;
  readonly #conditions: JsonObject;
  readonly #weights = new Map<string, number>();

  constructor(priced: PricedOperation, model: CostModel, conditions: JsonObject) {
    this.#priced = priced;
    this.#model = model;
    this.#conditions = conditions;
  }

  selection(type: GraphQLCompositeType, sets: readonly SelectionSetNode[]): Selection {
    const byType = new Map<string, readonly CostField[]>();
    const fieldsOf = (name: string) => {
      let fields = byType.get(name);
      if (!fields) {
        const found = this.#priced.schema.getType(name);
        if (!found || !isCompositeType(found)) return [];
        fields = this.#fields(found, sets);
        byType.set(name, fields);
      }
      return fields;
    };
    // An object of an abstract type costs what the dearest of its types would.
    const candidates =
      isAbstractType(type) && this.#hasFragments(sets)
        ? this.#priced.schema.getPossibleTypes(type).map(({ name }) => name)
        : [type.name];
    return {
      requested: (values, sized, weight) =>
        candidates.reduce((dearest, name) => {
          const below = fieldsOf(name).reduce((sum, field) => sum + field.requested(values, sized), 0);
          return Math.max(dearest, (weight ?? this.#typeWeight(name)) + below);
        }, 0),
      actual: (values, object, weight) => {
        const typename = own(object, '__typename');
        const name = typeof typename === 'string' ? typename : type.name;
        const itself = weight ?? this.#typeWeight(name);
        return fieldsOf(name).reduce(
          (sum, field) => sum + field.actual(values, own(object, field.key)),
          itself,
        );
      },
    };
  }

  #typeWeight(name: string): number {
    let weight = this.#weights.get(name);
    if (weight !== undefined) return weight;
    const type = this.#priced.schema.getType(name);
    if (!type) return 0; // a subgraph speaks of what the supergraph does not know
    weight = isAbstractType(type)
      ? Math.max(0, ...this.#priced.schema.getPossibleTypes(type).map((each) => this.#model.typeWeight(each)))
      : this.#model.typeWeight(type);
    this.#weights.set(name, weight);
    return weight;
  }

  #fields(type: GraphQLCompositeType, sets: readonly SelectionSetNode[]): readonly CostField[] {
    const nodes = new Map<string, FieldNode[]>();
    for (const set of sets) this.#collect(type, set, nodes);
    return [...nodes.values()].flatMap((same) => {
      const name = same[0]!.name.value;
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
      // Introspection has no price: what it asks for is in memory.
      return field ? [this.#field(this.#priced.nameOf(same[0]!), name, field, same)] : [];
    });
  }

  #field(
    key: string,
    name: string,
    field: GraphQLField<unknown, unknown>,
    nodes: readonly FieldNode[],
  ): CostField {
    const model = this.#model;
    const node = nodes[0]!;
    const named = getNamedType(field.type);
    const ownWeight = model.fieldWeight(field);
    const leafWeight = ownWeight ?? model.typeWeight(named);
    const listSize = model.listSize(field);
    const isList = isListType(getNullableType(field.type));
    const below = isCompositeType(named)
      ? this.selection(
          named,
          nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
        )
      : null;
    const usesArguments = (listSize?.slicingArguments.length ?? 0) > 0 || model.hasWeightedArguments(field);
    const argumentsOf = (values: JsonObject) => (usesArguments ? getArgumentValues(field, node, values) : {});

    return {
      key,
      requested(values, sized) {
        const args = argumentsOf(values);
        const ownSize = sizeOf(listSize, args);
        const given = listSize?.sizedFields.length
          ? { fields: listSize.sizedFields, size: ownSize ?? model.defaultListSize }
          : null;
        const size = isList ? (sizeIn(sized, name) ?? (given ? null : ownSize) ?? model.defaultListSize) : 1;
        const item = below ? below.requested(values, given, ownWeight) : leafWeight;
        return size * item + model.argumentsCost(field, args);
      },
      actual(values, value) {
        const count = (item: unknown): number => {
          if (Array.isArray(item)) return item.reduce<number>((sum, each) => sum + count(each), 0);
          // What was looked for and not found was looked for all the same, where that has a price of its own.
          if (item === null || item === undefined) return isList ? 0 : (ownWeight ?? 0);
          return below && isObject(item) ? below.actual(values, item, ownWeight) : leafWeight;
        };
        return count(value) + model.argumentsCost(field, argumentsOf(values));
      },
    };
  }

  #collect(type: GraphQLCompositeType, set: SelectionSetNode, nodes: Map<string, FieldNode[]>): void {
    for (const selection of set.selections) {
      if (!isIncluded(selection, this.#conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const known = nodes.get(key);
        if (known) known.push(selection);
        else nodes.set(key, [selection]);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection
          : this.#priced.fragments.get(selection.name.value);
      const condition =
        fragment?.typeCondition && this.#priced.schema.getType(fragment.typeCondition.name.value);
      if (fragment && (!condition || this.#fits(type, condition)))
        this.#collect(type, fragment.selectionSet, nodes);
    }
  }

  #fits(type: GraphQLCompositeType, condition: NonNullable<ReturnType<GraphQLSchema['getType']>>): boolean {
    if (type === condition) return true;
    return (
      isAbstractType(condition) &&
      (isObjectType(type) || isInterfaceType(type)) &&
      this.#priced.schema.isSubType(condition, type)
    );
  }

  #hasFragments(sets: readonly SelectionSetNode[]): boolean {
    return sets.some(({ selections }) => selections.some(({ kind }) => kind !== Kind.FIELD));
  }
}

interface CostField {
  key: string;
  requested(values: JsonObject, sized: Sized): number;
  actual(values: JsonObject, value: unknown): number;
}

function sizeIn(sized: Sized, name: string): number | null {
  return sized?.fields.includes(name) ? sized.size : null;
}

/** The largest of the slicing arguments that are given, else what is assumed. */
function sizeOf(listSize: ListSize | null, args: Readonly<Record<string, unknown>>): number | null {
  if (!listSize) return null;
  const given = listSize.slicingArguments
    .map((name) => args[name])
    .filter((value): value is number => typeof value === 'number');
  return given.length > 0 ? Math.max(0, ...given) : listSize.assumedSize;
}
