import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { JsonObject } from '../execute/json.ts';
import type { ResponsePath } from '../execute/place.ts';
import type { FitsAt, Location } from '../execute/run.ts';
import { isIncluded } from './conditions.ts';

/**
 * Where the field at a path of the response is asked for in the client's document: each of its places, as the specification
 * wants it of an error. `values` are the variables.
 */
export type Locate = (path: ResponsePath, fits: FitsAt, values: JsonObject) => Location | undefined;

export function compileLocate(
  { selectionSet, loc }: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Locate {
  return (path, fits, values) => {
    const collect = (set: SelectionSetNode, depth: number, found: FieldNode[]): void => {
      for (const selection of set.selections) {
        if (!isIncluded(selection, values)) continue;
        if (selection.kind === Kind.FIELD) {
          if ((selection.alias ?? selection.name).value === path[depth]) found.push(selection);
          continue;
        }
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const type = fragment?.typeCondition?.name.value;
        if (fragment && (type === undefined || fits(depth, type)))
          collect(fragment.selectionSet, depth, found);
      }
    };
    let sets: readonly SelectionSetNode[] = [selectionSet];
    let nodes: FieldNode[] = [];
    for (let depth = 0; depth < path.length; depth++) {
      if (typeof path[depth] === 'number') continue;
      nodes = [];
      for (const set of sets) collect(set, depth, nodes);
      sets = nodes.flatMap((node) => node.selectionSet ?? []);
    }
    const positions = nodes.flatMap((node) => node.loc?.start ?? []);
    return loc && positions.length > 0 ? { source: loc.source, positions } : undefined;
  };
}

/**
 * Makes a document fit to be kept for long: its nodes still know their places, but no longer hold every token of the text,
 * which takes more memory than all the rest.
 */
export function forgetTokens(document: DocumentNode): void {
  const visit = (node: object): void => {
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) value.forEach(visit);
      else if (isNode(value)) visit(value);
    }
    const { loc } = node as { loc?: ASTNode['loc'] };
    if (loc) Object.assign(node, { loc: { start: loc.start, end: loc.end, source: loc.source } });
  };
  visit(document);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
