import { type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from 'graphql';
import { quoted } from './json.ts';
import { isDeeper, maxLevels } from './levels.ts';

/** What is known of the values of a leaf type. */
export interface Leaf {
  /** `text`: every text fits, `int`: every whole number of 32 bits does. */
  readonly kind: 'text' | 'int' | 'other';
  /** Whether a subgraph's value, other than null, is one of the type's. */
  fits(value: unknown): boolean;
  /** The JSON of such a value; undefined when it does not fit. */
  text(value: unknown): string | undefined;
}

const known = new WeakMap<GraphQLLeafType, Leaf>();

export function leafOf(type: GraphQLLeafType): Leaf {
  let leaf = known.get(type);
  if (!leaf) {
    leaf = makeLeaf(type);
    known.set(type, leaf);
  }
  return leaf;
}

/** A scalar of their own is the subgraphs' business, as long as it can be written. */
function makeLeaf(type: GraphQLLeafType): Leaf {
  if (isEnumType(type)) {
    const names = new Map(type.getValues().map(({ name }) => [name, `"${name}"`]));
    return {
      kind: 'other',
      fits: (value) => names.has(value as string),
      text: (value) => names.get(value as string),
    };
  }
  if (!isSpecifiedScalarType(type)) {
    return {
      kind: 'other',
      fits: canBeWritten,
      text: (value) => (canBeWritten(value) ? JSON.stringify(value) : undefined),
    };
  }
  switch (type.name) {
    case 'Boolean':
      return {
        kind: 'other',
        fits: (value) => typeof value === 'boolean',
        text: (value) => (value === true ? 'true' : value === false ? 'false' : undefined),
      };
    case 'Int':
      return {
        kind: 'int',
        fits: isInt,
        text: (value) => (isInt(value) ? String(value) : undefined),
      };
    case 'Float':
      return {
        kind: 'other',
        // 1e999 is read as a number that JSON cannot tell.
        fits: (value) => Number.isFinite(value),
        text: (value) => (Number.isFinite(value) ? JSON.stringify(value) : undefined),
      };
    case 'ID':
      return {
        kind: 'text',
        fits: (value) => typeof value === 'string' || Number.isInteger(value),
        text(value) {
          if (typeof value === 'string') return quoted(value);
          return Number.isInteger(value) ? String(value) : undefined;
        },
      };
    default:
      return {
        kind: 'text',
        fits: (value) => typeof value === 'string',
        text: (value) => (typeof value === 'string' ? quoted(value) : undefined),
      };
  }
}

function canBeWritten(value: unknown): boolean {
  return typeof value !== 'object' || !isDeeper(value, maxLevels);
}

/** Whole, and of 32 bits. */
export function isInt(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
