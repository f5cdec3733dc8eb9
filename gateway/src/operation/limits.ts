import {
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { gatewayError } from '../errors.ts';

export interface Limits {
  maxDepth: number | undefined;
  maxAliases: number | undefined;
  maxRootFields: number | undefined;
}

interface Extent {
  depth: number;
  aliases: number;
  fields: number;
}

/** What is too deep, too wide or too often renamed; fragments count wherever they are spread. Null when all is well. */
export function exceeded(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  limits: Limits,
): GraphQLError | null {
  const known = new Map<string, Extent>();

  const measure = (set: SelectionSetNode): Extent => {
    const extent: Extent = { depth: 0, aliases: 0, fields: 0 };
    for (const selection of set.selections) {
      let below: Extent;
      if (selection.kind === Kind.FIELD) {
        extent.fields++;
        if (selection.alias && selection.alias.value !== selection.name.value) extent.aliases++;
        // Introspection is deep by nature, and as deep as the client's tool likes.
        if (!selection.selectionSet || selection.name.value.startsWith('__')) {
          extent.depth = Math.max(extent.depth, 1);
          continue;
        }
        below = measure(selection.selectionSet);
        below = { ...below, depth: below.depth + 1, fields: 0 };
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        below = measure(selection.selectionSet);
      } else {
        below = spread(selection.name.value);
      }
      extent.depth = Math.max(extent.depth, below.depth);
      extent.aliases += below.aliases;
      extent.fields += below.fields;
    }
    return extent;
  };
  const spread = (name: string): Extent => {
    let extent = known.get(name);
    const fragment = fragments.get(name);
    if (!extent) {
      extent = fragment ? measure(fragment.selectionSet) : { depth: 0, aliases: 0, fields: 0 };
      known.set(name, extent);
    }
    return extent;
  };

  const { depth, aliases, fields } = measure(operation.selectionSet);
  const over = (what: string, limit: number | undefined, got: number) =>
    limit !== undefined && got > limit
      ? gatewayError('LIMIT_EXCEEDED', `Expected at most ${limit} ${what}, got ${got}.`, {
          extensions: { limit, got },
        })
      : null;
  return (
    over('levels of fields', limits.maxDepth, depth) ??
    over('aliases', limits.maxAliases, aliases) ??
    over('root fields', limits.maxRootFields, fields)
  );
}
