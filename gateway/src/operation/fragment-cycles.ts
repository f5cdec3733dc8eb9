import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/** Whether a fragment of the document spreads itself, through others or not: such a document has no end. */
export function spreadsItself(document: DocumentNode): boolean {
  const spreads = new Map<string, readonly string[]>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const names: string[] = [];
    collect(definition.selectionSet, names);
    // What is defined twice is refused later; until then both count.
    spreads.set(definition.name.value, names.concat(spreads.get(definition.name.value) ?? []));
  }
  const done = new Set<string>();
  const open = new Set<string>();
  const leadsBack = (name: string): boolean => {
    if (done.has(name)) return false;
    if (open.has(name)) return true;
    open.add(name);
    const found = spreads.get(name)?.some(leadsBack) ?? false;
    open.delete(name);
    done.add(name);
    return found;
  };
  return [...spreads.keys()].some(leadsBack);
}

function collect({ selections }: SelectionSetNode, names: string[]): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) names.push(selection.name.value);
    else if (selection.selectionSet) collect(selection.selectionSet, names);
  }
}
