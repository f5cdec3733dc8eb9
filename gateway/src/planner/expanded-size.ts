import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** How many selections a document without cycles would have with its fragments written out wherever they are used. */
export function expandedSize(document: DocumentNode): number {
  const definitions = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) definitions.set(definition.name.value, definition);
  }
  const sizes = new Map<string, number>();
  const sizeOfFragment = (name: string): number => {
    let size = sizes.get(name);
    if (size === undefined) {
      const definition = definitions.get(name);
      size = definition ? sizeOf(definition.selectionSet) : 0;
      sizes.set(name, size);
    }
    return size;
  };
  const sizeOf = ({ selections }: SelectionSetNode): number => {
    let size = 0;
    for (const selection of selections) {
      size += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) size += sizeOfFragment(selection.name.value);
      else if (selection.selectionSet) size += sizeOf(selection.selectionSet);
    }
    return size;
  };
  let size = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) size += sizeOf(definition.selectionSet);
  }
  return size;
}
