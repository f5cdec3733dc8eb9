import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import { isIncluded } from '../operation/conditions.ts';
import { fetchedName, withFreeVariables } from './client-names.ts';
import type { ContextSelections } from './context-selections.ts';
import type { RequiredFields } from './required-fields.ts';
import { Selectable } from './selectable.ts';

/** What is known of a supergraph before any operation. */
export interface PlannedGraph {
  apiSchema: GraphQLSchema;
  /** Fields that a plan may have to fetch for itself. */
  required: RequiredFields;
  /** What arguments are taken from. */
  contexts: ContextSelections;
  /** Interfaces and unions with types that clients must not see. */
  partlyHidden: ReadonlySet<string>;
}

/**
 * The operation as planners take it: with `@skip` and `@include` decided, which planners get wrong where conditions meet;
 * without `__schema`, `__type` and the names of root types, which the gateway knows itself; with aliases that are in
 * nobody's way, variables too, and with `__typename` by its own name wherever it is asked for by another. The other operations of the
 * document are left out. Null when nothing has to be fetched. `@defer` is left out too, unless the planner takes it.
 */
export function plannedDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  values: JsonObject,
  graph: PlannedGraph,
  { deferring = false } = {},
): DocumentNode | null {
  const selected = new Selected(document, values, graph, deferring);
  const selectionSet = selected.of(
    operation.selectionSet,
    graph.apiSchema.getRootType(operation.operation) ?? undefined,
  );
  if (!selectionSet) return null;
  return withFreeVariables({
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet }, ...selected.fragments.values()],
  });
}

type ParentType = GraphQLNamedType | undefined;

class Selected {
  /** Those that are used and have something in them. */
  readonly fragments = new Map<string, FragmentDefinitionNode>();
  readonly #empty = new Set<string>();
  readonly #definitions = new Map<string, FragmentDefinitionNode>();
  readonly #values: JsonObject;
  readonly #graph: PlannedGraph;
  readonly #selectable: Selectable;
  readonly #decided: ReadonlySet<string>;

  constructor(document: DocumentNode, values: JsonObject, graph: PlannedGraph, deferring: boolean) {
    this.#decided = deferring ? conditional : conditionalOrDeferred;
    this.#values = values;
    this.#graph = graph;
    this.#selectable = new Selectable(graph.apiSchema, this.fragments);
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#definitions.set(definition.name.value, definition);
      }
    }
  }

  of(selectionSet: SelectionSetNode, parent: ParentType): SelectionSetNode | null {
    const selections = selectionSet.selections.flatMap((selection) => this.#selection(selection, parent));
    return selections.length > 0 ? { kind: Kind.SELECTION_SET, selections } : null;
  }

  #selection(selection: SelectionNode, parent: ParentType): SelectionNode[] {
    if (!isIncluded(selection, this.#values)) return [];
    const directives = selection.directives?.filter(({ name }) => !this.#decided.has(name.value));
    switch (selection.kind) {
      case Kind.FRAGMENT_SPREAD:
        return this.#isEmpty(selection.name.value) ? [] : [{ ...selection, directives }];
      case Kind.INLINE_FRAGMENT: {
        const selectionSet = this.of(selection.selectionSet, this.#typeOf(selection) ?? parent);
        return selectionSet ? [{ ...selection, directives, selectionSet }] : [];
      }
      case Kind.FIELD:
        return this.#field({ ...selection, directives }, parent);
    }
  }

  #field(field: FieldNode, parent: ParentType): SelectionNode[] {
    const name = field.name.value;
    if (name === '__schema' || name === '__type') return [];
    if (name === '__typename') {
      if (parent && this.#isRoot(parent)) return [];
      return field.alias ? [field, typename] : [field];
    }
    const type = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name]?.type : undefined;
    const value = fetchedName(field, this.#graph.required);
    const planned: FieldNode = {
      ...field,
      // An alias that is the field's own name confuses planners.
      alias: value === name ? undefined : { kind: Kind.NAME, value },
      selectionSet: field.selectionSet && this.#below(field.selectionSet, type && getNamedType(type)),
    };
    return [planned];
  }

  /**
   * Asks what an object is where its type may be one that clients must not see, and where nothing of it is taken: planners
   * leave such a field out. Nowhere else, since the question costs a request where a subgraph does not know the answer.
   */
  #below(selectionSet: SelectionSetNode, type: ParentType): SelectionSetNode {
    const asked = this.of(selectionSet, type) ?? { kind: Kind.SELECTION_SET, selections: [] };
    const context = type ? this.#graph.contexts.of(type, asked, this.fragments) : [];
    const selected = context.length > 0 ? { ...asked, selections: [...asked.selections, ...context] } : asked;
    if (type && this.#selectable.takes(selected, type) && !this.#graph.partlyHidden.has(type.name))
      return selected;
    return { kind: Kind.SELECTION_SET, selections: [typename, ...selected.selections] };
  }

  #isEmpty(name: string): boolean {
    if (this.#empty.has(name)) return true;
    const definition = this.#definitions.get(name);
    if (!definition || this.fragments.has(name)) return false;
    const selectionSet = this.of(definition.selectionSet, this.#typeOf(definition));
    if (selectionSet) this.fragments.set(name, { ...definition, selectionSet });
    else this.#empty.add(name);
    return !selectionSet;
  }

  #typeOf({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode): ParentType {
    return typeCondition && this.#graph.apiSchema.getType(typeCondition.name.value);
  }

  #isRoot(type: GraphQLNamedType): boolean {
    const { apiSchema } = this.#graph;
    return (
      type === apiSchema.getQueryType() ||
      type === apiSchema.getMutationType() ||
      type === apiSchema.getSubscriptionType()
    );
  }
}

const conditional: ReadonlySet<string> = new Set(['skip', 'include']);
const conditionalOrDeferred: ReadonlySet<string> = new Set([...conditional, 'defer']);

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
