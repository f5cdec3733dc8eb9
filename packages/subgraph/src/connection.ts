import { CodedError } from './coded-error.ts';

const maxFirst = 100;

/** What a keyset cursor holds: the values of the columns that the list is ordered by, the last one unique. */
export type CursorKey = readonly (string | number)[];

/** The page that a list field's arguments ask for. */
export interface PageRequest {
  first: number;
  /** Read one row more than `first`: its presence is `hasNextPage`. */
  limit: number;
  /** Rows behind these values; null from the beginning. */
  after: CursorKey | null;
}

export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  nodes: T[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/**
 * Reads `first` (1 to 100) and `after`, whose key must have the shape of `shape`, e.g. `['string', 'string']`. Throws
 * `CodedError` `BAD_USER_INPUT`.
 */
export function pageRequest(
  args: { first?: number | null; after?: string | null },
  shape: readonly ('string' | 'number')[],
): PageRequest {
  const first = args.first ?? 20;
  if (!Number.isInteger(first) || first < 1 || first > maxFirst) {
    throw new CodedError('BAD_USER_INPUT', `first: expected 1 to ${maxFirst}, got ${first}`);
  }
  return { first, limit: first + 1, after: args.after == null ? null : readCursor(args.after, shape) };
}

/** Makes a Relay connection of the up to `limit` rows that a page request has read. */
export function connection<T>(
  rows: readonly T[],
  page: PageRequest,
  keyOf: (row: T) => CursorKey,
): Connection<T> {
  const nodes = rows.slice(0, page.first);
  const edges = nodes.map((node) => ({ cursor: writeCursor(keyOf(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function writeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor(cursor: string, shape: readonly string[]): CursorKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.length === shape.length &&
      key.every((part, i) => typeof part === shape[i])
    ) {
      return key;
    }
  } catch {
    // falls through: what cannot be read is as wrong as what has another shape
  }
  throw new CodedError('BAD_USER_INPUT', 'after: expected a cursor of this list');
}
