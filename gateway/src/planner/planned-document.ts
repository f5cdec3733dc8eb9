import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import { isIncluded } from '../operation/conditions.ts';
import { fetchedName } from './client-names.ts';

export interface PlannedDocument {
  /** Null when nothing has to be fetched. */
  document: DocumentNode | null;
  /** Names in it that are not the client's. */
  renamed: ReadonlySet<string>;
}

export interface PlannedNames {
  rootTypes: ReadonlySet<string>;
  /** Fields that a plan may have to fetch for itself. */
  required: ReadonlySet<string>;
}

/**
 * The operation as planners take it: with `@skip` and `@include` decided, which planners get wrong where conditions meet;
 * without `__schema`, `__type` and the names of root types, which the gateway knows itself; with aliases that are in
 * nobody's way, and with `__typename` by its own name wherever it is asked for by another. The other operations of the
 * document are left out.
 */
export function plannedDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  values: JsonObject,
  names: PlannedNames,
): PlannedDocument {
  const selected = new Selected(document, values, names);
  const selectionSet = selected.of(operation.selectionSet, true);
  return {
    document: selectionSet && {
      kind: Kind.DOCUMENT,
      definitions: [{ ...operation, selectionSet }, ...selected.fragments.values()],
    },
    renamed: selected.renamed,
  };
}

class Selected {
  /** Those that are used and have something in them. */
  readonly fragments = new Map<string, FragmentDefinitionNode>();
  readonly renamed = new Set<string>();
  readonly #empty = new Set<string>();
  readonly #definitions = new Map<string, FragmentDefinitionNode>();
  readonly #values: JsonObject;
  readonly #names: PlannedNames;

  constructor(document: DocumentNode, values: JsonObject, names: PlannedNames) {
    this.#values = values;
    this.#names = names;
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
    if (!isIncluded(selection, this.#values)) return [];
    const directives = selection.directives?.filter(({ name }) => !conditional.has(name.value));
    switch (selection.kind) {
      case Kind.FRAGMENT_SPREAD:
        return this.#isEmpty(selection.name.value) ? [] : [{ ...selection, directives }];
      case Kind.INLINE_FRAGMENT: {
        const selectionSet = this.of(selection.selectionSet, atRoot);
        return selectionSet ? [{ ...selection, directives, selectionSet }] : [];
      }
      case Kind.FIELD:
        return this.#field({ ...selection, directives }, atRoot);
    }
  }

  #field(field: FieldNode, atRoot: boolean): SelectionNode[] {
    const name = field.name.value;
    if (name === '__schema' || name === '__type' || (atRoot && name === '__typename')) return [];
    const selectionSet =
      field.selectionSet &&
      (this.of(field.selectionSet, false) ?? { kind: Kind.SELECTION_SET, selections: [typename] });
    const clientName = field.alias?.value ?? name;
    const value = fetchedName(field, this.#names.required);
    if (value !== clientName) this.renamed.add(value);
    const planned: FieldNode = {
      ...field,
      // An alias that is the field's own name confuses planners.
      alias: value === name ? undefined : { kind: Kind.NAME, value },
      selectionSet,
    };
    return name === '__typename' && field.alias ? [planned, typename] : [planned];
  }

  #isEmpty(name: string): boolean {
    if (this.#empty.has(name)) return true;
    const definition = this.#definitions.get(name);
    if (!definition || this.fragments.has(name)) return false;
    const atRoot = this.#names.rootTypes.has(definition.typeCondition.name.value);
    const selectionSet = this.of(definition.selectionSet, atRoot);
    if (selectionSet) this.fragments.set(name, { ...definition, selectionSet });
    else this.#empty.add(name);
    return !selectionSet;
  }
}

const conditional: ReadonlySet<string> = new Set(['skip', 'include']);

/** Also what is asked for where nothing else is left: the object is still there. */
const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
