import { isUuid } from '@alexandrite/database/uuid';
import { CodedError } from './coded-error.ts';

const maxFirst = 100;

/**
 * What a keyset cursor holds: the values of the columns that the list is ordered by, the last one unique. Instants as
 * ISO 8601.
 */
export type CursorKey = readonly (string | number)[];

/** What each part of a cursor must be, so that nothing else reaches the database. */
export type CursorShape = readonly (keyof typeof isPart)[];

const isPart = {
  instant: (part: unknown) => typeof part === 'string' && isInstant(part),
  uuid: (part: unknown) => typeof part === 'string' && isUuid(part),
  /** A whole one. */
  number: (part: unknown) => Number.isSafeInteger(part),
  /** Fits no column but text, which has no NUL. */
  string: (part: unknown) => typeof part === 'string' && !part.includes('\0'),
};

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

/** Reads `first` (1 to 100, default 20) and `after`. Throws `CodedError` `BAD_USER_INPUT`. */
export function pageRequest(
  args: { first?: number | null; after?: string | null },
  shape: CursorShape,
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

/** Whether PostgreSQL reads the text as the instant that `toISOString` wrote: JavaScript parses and writes more than that. */
export function isInstant(text: string): boolean {
  const at = /^(?!0000)\d{4}-/.test(text) ? new Date(text) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString() === text;
}

function writeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor(cursor: string, shape: CursorShape): CursorKey {
  const key = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  const fits =
    Array.isArray(key) && key.length === shape.length && shape.every((part, i) => isPart[part](key[i]));
  if (!fits) throw new CodedError('BAD_USER_INPUT', 'after: expected a cursor of this list');
  return key;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // as wrong as JSON of another shape
  }
}
