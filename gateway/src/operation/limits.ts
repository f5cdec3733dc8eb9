import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { gatewayError } from '../errors.ts';

export interface Limits {
  maxDepth: number | undefined;
  maxAliases: number | undefined;
  maxRootFields: number | undefined;
  /** Selections of a document with its fragments written out wherever they are spread. */
  maxSelections: number;
}

interface Extent {
  depth: number;
  aliases: number;
  fields: number;
  selections: number;
  /** Like depth, but with fragments as levels of their own. */
  nesting: number;
}

/** To say where an error is, the lines before it are counted, for each error again. */
const maxLines = 20_000;
/** What reads a document calls itself on each level; nobody means so many. */
const maxNesting = 200;
/** A field that is asked for again is compared with each of its kind before: so many pairs for each selection allowed. */
const pairsPerSelection = 10;

/**
 * What of a document is too deep, too wide, too often renamed or too laborious to be looked at; fragments count wherever
 * they are spread, also in operations that will not run. The document need not be valid, but its fragments must not
 * spread themselves. The work is bounded by the limits and the length of the document. Null when all is well.
 */
export function exceeded(document: DocumentNode, limits: Limits): GraphQLError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measure = createMeasure(fragments);
  const roots: SelectionSetNode[] = [];
  const most: Extent = { depth: 0, aliases: 0, fields: 0, selections: 0, nesting: 0 };
  const look = (selectionSet: SelectionSetNode) => {
    const extent = measure.of(selectionSet);
    roots.push(selectionSet);
    most.selections += extent.selections;
    most.nesting = Math.max(most.nesting, extent.nesting);
    return extent;
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, aliases, fields } = look(definition.selectionSet);
    most.depth = Math.max(most.depth, depth);
    most.aliases = Math.max(most.aliases, aliases);
    most.fields = Math.max(most.fields, fields);
  }
  // Validation looks at what nobody uses, too.
  for (const [name, { selectionSet }] of fragments) if (!measure.known.has(name)) look(selectionSet);

  return (
    over('lines', maxLines, linesOf(document.loc?.source.body ?? '')) ??
    over('levels of fields', limits.maxDepth, most.depth) ??
    over('aliases', limits.maxAliases, most.aliases) ??
    over('root fields', limits.maxRootFields, most.fields) ??
    over('levels of fields and fragments', maxNesting, most.nesting) ??
    over('selections with fragments written out', limits.maxSelections, most.selections) ??
    over('fields asked for again', limits.maxSelections * pairsPerSelection, pairs(roots, fragments))
  );
}

function over(what: string, limit: number | undefined, got: number): GraphQLError | null {
  return limit !== undefined && got > limit
    ? gatewayError('LIMIT_EXCEEDED', `Expected at most ${limit} ${what}, got ${got}.`, {
        extensions: { limit, got },
      })
    : null;
}

function linesOf(text: string): number {
  if (text.length <= maxLines) return 1;
  let lines = 1;
  for (const _ of text.matchAll(/\r\n|[\n\r]/g)) lines++;
  return lines;
}

function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const nothing: Extent = { depth: 0, aliases: 0, fields: 0, selections: 0, nesting: 0 };
  const known = new Map<string, Extent>();

  const of = (set: SelectionSetNode): Extent => {
    const extent = { ...nothing };
    for (const selection of set.selections) {
      let below: Extent;
      if (selection.kind === Kind.FIELD) {
        extent.fields++;
        if (selection.alias && selection.alias.value !== selection.name.value) extent.aliases++;
        below = selection.selectionSet ? of(selection.selectionSet) : nothing;
        // Introspection is deep by nature, and as deep and as much renamed as the client's tool likes.
        if (selection.name.value.startsWith('__')) below = { ...below, depth: 0, aliases: 0 };
        below = { ...below, depth: below.depth + 1, fields: 0 };
      } else {
        below =
          selection.kind === Kind.INLINE_FRAGMENT ? of(selection.selectionSet) : spread(selection.name.value);
      }
      extent.depth = Math.max(extent.depth, below.depth);
      extent.nesting = Math.max(extent.nesting, below.nesting + 1);
      extent.aliases += below.aliases;
      extent.fields += below.fields;
      extent.selections += below.selections + 1;
    }
    return extent;
  };
  const spread = (name: string): Extent => {
    let extent = known.get(name);
    if (!extent) {
      const fragment = fragments.get(name);
      extent = fragment ? of(fragment.selectionSet) : nothing;
      known.set(name, extent);
    }
    return extent;
  };
  return { of, known };
}

/** To compare arguments is to write them out: so many characters are a pair's worth of work. */
const charactersPerPair = 100;

function argumentsOf(nodes: readonly FieldNode[]): number {
  let characters = 0;
  for (const { arguments: given } of nodes) {
    const [first, last] = [given?.[0]?.loc, given?.at(-1)?.loc];
    if (first && last) characters += last.end - first.start;
  }
  return Math.floor(characters / charactersPerPair);
}

/**
 * Pairs of fields that meet under one name and must not contradict each other: validation compares each with each. Takes
 * a step for each selection with fragments written out.
 */
function pairs(
  roots: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): number {
  const collect = (set: SelectionSetNode, fields: Map<string, FieldNode[]>) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const others = fields.get(name);
        if (others) others.push(selection);
        else fields.set(name, [selection]);
      } else {
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet, fields);
      }
    }
  };
  const among = (sets: readonly SelectionSetNode[]): number => {
    const fields = new Map<string, FieldNode[]>();
    for (const set of sets) collect(set, fields);
    let count = 0;
    for (const nodes of fields.values()) {
      count += (nodes.length * (nodes.length - 1)) / 2 + (nodes.length - 1) * argumentsOf(nodes);
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) count += among(below);
    }
    return count;
  };
  return roots.reduce((count, root) => count + among([root]), 0);
}
