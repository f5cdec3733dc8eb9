import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The operation without what no subgraph is asked for: `__schema`, `__type` and the names of root types, which the
 * gateway knows itself. Null when nothing else is asked for. The other operations of the document are left out.
 */
export function withoutIntrospection(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  rootTypes: ReadonlySet<string>,
): DocumentNode | null {
  const selected = new Selected(document, rootTypes);
  const selectionSet = selected.of(operation.selectionSet, true);
  if (!selectionSet) return null;
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet }, ...selected.fragments.values()],
  };
}

class Selected {
  /** Those that are used and have something in them. */
  readonly fragments = new Map<string, FragmentDefinitionNode>();
  readonly #empty = new Set<string>();
  readonly #definitions = new Map<string, FragmentDefinitionNode>();
  readonly #rootTypes: ReadonlySet<string>;

  constructor(document: DocumentNode, rootTypes: ReadonlySet<string>) {
    this.#rootTypes = rootTypes;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#definitions.set(definition.name.value, definition);
      }
    }
  }

  of(selectionSet: SelectionSetNode, atRoot: boolean): SelectionSetNode | null {
    const selections = selectionSet.selections.flatMap((selection) => this.#selection(selection, atRoot));
    return selections.length > 0 ? { kind: Kind.SELECTION_SET, selections } : null;
  }

  #selection(selection: SelectionNode, atRoot: boolean): SelectionNode[] {
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      return this.#isEmpty(selection.name.value) ? [] : [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const selectionSet = this.of(selection.selectionSet, atRoot);
      return selectionSet ? [{ ...selection, selectionSet }] : [];
    }
    const name = selection.name.value;
    if (name === '__schema' || name === '__type' || (atRoot && name === '__typename')) return [];
    if (!selection.selectionSet) return [selection];
    return [{ ...selection, selectionSet: this.of(selection.selectionSet, false) ?? somethingThere }];
  }

  #isEmpty(name: string): boolean {
    if (this.#empty.has(name)) return true;
    const definition = this.#definitions.get(name);
    if (!definition || this.fragments.has(name)) return false;
    const atRoot = this.#rootTypes.has(definition.typeCondition.name.value);
    const selectionSet = this.of(definition.selectionSet, atRoot);
    if (selectionSet) this.fragments.set(name, { ...definition, selectionSet });
    else this.#empty.add(name);
    return !selectionSet;
  }
}

/** A field of a root type, of which only the schema was asked for, is still a field of the response. */
const somethingThere: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
};
