import {
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { isObject } from '../execute/json.ts';
import { directiveArguments, linkedDirective } from '../supergraph/linked-directive.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/** How long a list is assumed to be. */
export interface ListSize {
  assumedSize: number | null;
  slicingArguments: readonly string[];
  /** Which fields below have this length; empty when it is the field itself. */
  sizedFields: readonly string[];
}

const specification = { url: /^https:\/\/specs\.apollo\.dev\/cost\/v0\.\d+$/, name: 'cost' };

/** What `@cost` and `@listSize` say in a supergraph. Without a weight an object costs 1 and a leaf nothing. */
export class CostModel {
  readonly defaultListSize: number;
  readonly #cost: string | null;
  readonly #listSize: string | null;
  readonly #weighted = new Map<GraphQLInputType, boolean>();

  constructor(supergraph: Pick<Supergraph, 'document'>, defaultListSize: number) {
    this.defaultListSize = defaultListSize;
    this.#cost = linkedDirective(supergraph.document, specification, 'cost');
    this.#listSize = linkedDirective(supergraph.document, specification, 'listSize');
  }

  /** The field's own weight; null when its type decides. */
  fieldWeight(field: GraphQLField<unknown, unknown>): number | null {
    return this.#weight(field);
  }

  typeWeight(type: GraphQLNamedType): number {
    return this.#weight(type) ?? (isCompositeType(type) ? 1 : 0);
  }

  listSize(field: GraphQLField<unknown, unknown>): ListSize | null {
    const directive = find(field, this.#listSize);
    if (!directive) return null;
    const { assumedSize, slicingArguments, sizedFields } = directiveArguments(directive);
    return {
      assumedSize: typeof assumedSize === 'number' ? assumedSize : null,
      slicingArguments: Array.isArray(slicingArguments) ? slicingArguments.map(String) : [],
      sizedFields: Array.isArray(sizedFields) ? sizedFields.map(String) : [],
    };
  }

  /** Whether the values of a field's arguments have a price. */
  hasWeightedArguments(field: GraphQLField<unknown, unknown>): boolean {
    return field.args.some((argument) => this.#weight(argument) !== null || this.#isWeighted(argument.type));
  }

  /** What the given arguments cost. */
  argumentsCost(field: GraphQLField<unknown, unknown>, values: Readonly<Record<string, unknown>>): number {
    return field.args.reduce((cost, argument) => cost + this.#inputCost(argument, values[argument.name]), 0);
  }

  #inputCost(input: GraphQLArgument | GraphQLInputField, value: unknown): number {
    if (value === undefined || value === null) return 0;
    return (this.#weight(input) ?? 0) + this.#valueCost(input.type, value);
  }

  #valueCost(type: GraphQLInputType, value: unknown): number {
    if (isNonNullType(type)) return this.#valueCost(type.ofType, value);
    if (isListType(type)) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return items.reduce<number>((cost, item) => cost + this.#valueCost(type.ofType, item), 0);
    }
    const own = this.#weight(getNamedType(type)) ?? 0;
    if (!isInputObjectType(type) || !isObject(value)) return own;
    return Object.values(type.getFields()).reduce(
      (cost, field) => cost + this.#inputCost(field, value[field.name]),
      own,
    );
  }

  #isWeighted(type: GraphQLInputType): boolean {
    const named = getNamedType(type);
    const known = this.#weighted.get(named);
    if (known !== undefined) return known;
    // Input objects may hold themselves.
    this.#weighted.set(named, false);
    const weighted =
      this.#weight(named) !== null ||
      (isInputObjectType(named) &&
        Object.values(named.getFields()).some(
          (field) => this.#weight(field) !== null || this.#isWeighted(field.type),
        ));
    this.#weighted.set(named, weighted);
    return weighted;
  }

  #weight(element: Annotated): number | null {
    const directive = find(element, this.#cost);
    if (!directive) return null;
    const weight = Number(directiveArguments(directive).weight);
    return Number.isFinite(weight) ? weight : null;
  }
}

interface Annotated {
  astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

function find(element: Annotated, name: string | null): ConstDirectiveNode | undefined {
  return name === null
    ? undefined
    : element.astNode?.directives?.find((candidate) => candidate.name.value === name);
}
