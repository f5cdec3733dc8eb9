import { type FragmentDefinitionNode, Kind, parse, type SelectionSetNode } from 'graphql';
import type { FetchNode } from '../planner/plan.ts';

/** The names under which the root fields of a fetch stand in what was fetched; found out when they are first asked for. */
export function compileRootNames({
  operation,
  rewrites,
}: Pick<FetchNode, 'operation' | 'rewrites'>): () => readonly string[] {
  let names: readonly string[] | null = null;
  return () => {
    names ??= namesOf(operation).map((name) => {
      const renamed = rewrites.find(
        (rewrite) =>
          rewrite.kind === 'rename' &&
          rewrite.field === name &&
          rewrite.path.every(({ kind }) => kind === 'type'),
      );
      return renamed?.kind === 'rename' ? renamed.to : name;
    });
    return names;
  };
}

function namesOf(text: string): string[] {
  const { definitions } = parse(text, { noLocation: true });
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const names = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        // What an object is the gateway knows without a subgraph.
        if (selection.name.value !== '__typename') names.add((selection.alias ?? selection.name).value);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment) collect(fragment.selectionSet);
    }
  };
  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) collect(definition.selectionSet);
  }
  return [...names];
}
