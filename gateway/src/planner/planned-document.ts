import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
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
 * The operation as planners take it: without what no subgraph is asked for (`__schema`, `__type` and the names of root
 * types, which the gateway knows itself, and what is always skipped), with aliases that are in nobody's way, and with
 * `__typename` by its own name wherever it is asked for by another. The other operations of the document are left out.
 */
export function plannedDocument(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  names: PlannedNames,
): PlannedDocument {
  const selected = new Selected(document, names);
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
  readonly #names: PlannedNames;

  constructor(document: DocumentNode, names: PlannedNames) {
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
    if (isNeverIncluded(selection)) return [];
    switch (selection.kind) {
      case Kind.FRAGMENT_SPREAD:
        return this.#isEmpty(selection.name.value) ? [] : [selection];
      case Kind.INLINE_FRAGMENT: {
        const selectionSet = this.of(selection.selectionSet, atRoot);
        return selectionSet ? [{ ...selection, selectionSet }] : [];
      }
      case Kind.FIELD:
        return this.#field(selection, atRoot);
    }
  }

  #field(field: FieldNode, atRoot: boolean): SelectionNode[] {
    const name = field.name.value;
    if (name === '__schema' || name === '__type' || (atRoot && name === '__typename')) return [];
    const selectionSet =
      field.selectionSet &&
      (this.of(field.selectionSet, false) ?? { kind: Kind.SELECTION_SET, selections: [typename] });
    const value = fetchedName(field, this.#names.required);
    const renamed = value !== (field.alias?.value ?? name);
    if (renamed) this.renamed.add(value);
    const planned = {
      ...field,
      selectionSet,
      ...(renamed ? { alias: { kind: Kind.NAME, value } as const } : {}),
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

/** By literals, or by one variable that would have to be true and false. */
function isNeverIncluded({ directives = [] }: SelectionNode): boolean {
  const decided = new Map<string, boolean>();
  for (const { name, arguments: given } of directives) {
    const condition = given?.find((argument) => argument.name.value === 'if')?.value;
    const needed = neededFor.get(name.value);
    if (needed === undefined) continue;
    if (condition?.kind === Kind.BOOLEAN && condition.value !== needed) return true;
    if (condition?.kind !== Kind.VARIABLE) continue;
    const variable = condition.name.value;
    if (decided.get(variable) === !needed) return true;
    decided.set(variable, needed);
  }
  return false;
}

const neededFor: ReadonlyMap<string, boolean> = new Map([
  ['include', true],
  ['skip', false],
]);

/** Also what is asked for where nothing else is left: the object is still there. */
const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
