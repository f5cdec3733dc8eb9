import {
  type GraphQLField,
  type GraphQLLeafType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { gatewayError } from '../errors.ts';
import { isObject } from '../execute/json.ts';
import { type PayloadPath, valueAtPath } from './payload-path.ts';
import { parseTemplate, type TemplatePart, valueAtPlace } from './template.ts';

/** Which events a field wants; the shape is that of Cosmo's `openfed__SubscriptionFilterCondition`. */
export type EventFilter =
  | { kind: 'AND' | 'OR'; of: readonly EventFilter[] }
  | { kind: 'NOT'; of: EventFilter }
  | { kind: 'IN'; path: PayloadPath; values: readonly (string | null | readonly TemplatePart[])[] };

/** Null when the payload lacks a field that the answer depends on. */
export type EventMatch = (payload: unknown) => boolean | null;

const maxDepth = 8;
const maxItems = 100;
/** Items of all lists among the arguments and claims of one subscriber. */
const maxBound = 1_000;

interface Ground {
  args: GraphQLField<unknown, unknown>['args'];
  path: (text: string) => PayloadPath;
}

/** Reads a `filter`. Throws a TypeError that says what is wrong, and where in it. */
export function readFilter(given: unknown, ground: Ground, where = 'filter', depth = 1): EventFilter {
  const wrong = (what: string) => new TypeError(`${where}: ${what}`);
  if (depth > maxDepth) throw wrong(`expected at most ${maxDepth} conditions in each other`);
  const entries = isObject(given) ? Object.entries(given) : [];
  if (entries.length !== 1) throw wrong('expected exactly one of AND, OR, NOT and IN');
  const [kind, content] = entries[0]!;
  const at = `${where}.${kind}`;
  switch (kind) {
    case 'AND':
    case 'OR':
      if (!Array.isArray(content) || content.length === 0 || content.length > maxItems) {
        throw new TypeError(`${at}: expected 1 to ${maxItems} conditions`);
      }
      return {
        kind,
        of: content.map((item, index) => readFilter(item, ground, `${at}[${index}]`, depth + 1)),
      };
    case 'NOT':
      return { kind, of: readFilter(content, ground, at, depth + 1) };
    case 'IN':
      return readIn(content, ground, at);
    default:
      throw wrong(`expected exactly one of AND, OR, NOT and IN, got ${kind}`);
  }
}

function readIn(given: unknown, { args, path: readPath }: Ground, at: string): EventFilter {
  const { fieldPath, values } = isObject(given) ? given : {};
  if (typeof fieldPath !== 'string' || !Array.isArray(values)) {
    throw new TypeError(`${at}: expected a fieldPath and values`);
  }
  if (values.length === 0 || values.length > maxItems) {
    throw new TypeError(`${at}.values: expected 1 to ${maxItems} values`);
  }
  const path = named(`${at}.fieldPath`, () => readPath(fieldPath));
  return {
    kind: 'IN',
    path,
    values: values.map((value: unknown, index) =>
      named(`${at}.values[${index}]`, () => {
        if (value === null) return null;
        const parts = typeof value === 'string' ? parseTemplate(value) : [];
        if (parts.every((part) => typeof part === 'string')) return comparable(value, path.type);
        for (const part of parts) {
          if (typeof part !== 'string' && part.from === 'args')
            checkArgument(part.path, args, parts.length === 1);
        }
        return parts;
      }),
    ),
  };
}

/** An argument may be a list where it is the whole of a value. */
function checkArgument(path: readonly string[], args: Ground['args'], whole: boolean): void {
  const argument = args.find(({ name }) => name === path[0]);
  if (!argument) throw new TypeError(`there is no argument ${path[0]}`);
  if (path.length > 1) return;
  let type = isNonNullType(argument.type) ? argument.type.ofType : argument.type;
  if (whole && isListType(type)) type = isNonNullType(type.ofType) ? type.ofType.ofType : type.ofType;
  if (isListType(type) || !isLeafType(type)) {
    throw new TypeError(
      `expected the argument ${path[0]} to be a scalar value${whole ? ', or a list of them' : ''}`,
    );
  }
}

/** As values are compared: 1 and "1" are the same, so that what was written for Cosmo means the same here. */
function comparable(value: unknown, type: GraphQLLeafType): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new TypeError(`expected a scalar value, got ${JSON.stringify(value)}`);
  }
  const text = String(value);
  const fits = isEnumType(type) ? type.getValue(text) !== undefined : (literals[type.name]?.(text) ?? true);
  if (!fits) throw new TypeError(`expected a value of ${type.name}, got ${JSON.stringify(value)}`);
  return type.name === 'Int' || type.name === 'Float' ? String(Number(text)) : text;
}

const literals: Record<string, (text: string) => boolean> = {
  Int: (text) => text.trim() !== '' && Number.isInteger(Number(text)),
  Float: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
  Boolean: (text) => text === 'true' || text === 'false',
};

function named<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new TypeError(`${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * The filter for one caller and his arguments. A missing claim is refused with a GraphQLError; a missing argument stands
 * for null, the items of a list each for themselves.
 */
export function bindFilter(
  filter: EventFilter,
  args: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>> | null,
): EventMatch {
  switch (filter.kind) {
    case 'NOT': {
      const match = bindFilter(filter.of, args, claims);
      return (payload) => {
        const matches = match(payload);
        return matches === null ? null : !matches;
      };
    }
    case 'AND':
    case 'OR':
      return bindEach(
        filter.of.map((item) => bindFilter(item, args, claims)),
        filter.kind === 'OR',
      );
    case 'IN': {
      const { path } = filter;
      const wanted = new Set(filter.values.flatMap((value) => bindValue(value, args, claims)));
      if (wanted.size > maxBound) {
        throw gatewayError(
          'BAD_USER_INPUT',
          `Expected at most ${maxBound} values to compare ${path.text} with.`,
        );
      }
      return (payload) => {
        const value = valueAtPath(path, payload);
        if (value === undefined) return null;
        return wanted.has(value === null ? null : String(value));
      };
    }
  }
}

/** `decisive` settles it, whatever else is not known. */
function bindEach(matches: readonly EventMatch[], decisive: boolean): EventMatch {
  return (payload) => {
    let result: boolean | null = !decisive;
    for (const match of matches) {
      const one = match(payload);
      if (one === decisive) return decisive;
      if (one === null) result = null;
    }
    return result;
  };
}

function bindValue(
  value: string | null | readonly TemplatePart[],
  args: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>> | null,
): (string | null)[] {
  if (value === null || typeof value === 'string') return [value];
  const found = value.map((part) => {
    if (typeof part === 'string') return part;
    const given = valueAtPlace(part, args, claims) ?? null;
    if (given === null && part.from === 'claims') {
      throw gatewayError('UNAUTHENTICATED', `Expected a token with the claim ${part.path.join('.')}.`);
    }
    return given;
  });
  const items: unknown[] = found.length > 1 ? [found.every(isLeaf) ? found.join('') : null] : found.flat();
  return items
    .filter((item) => item === null || isLeaf(item))
    .map((item) => (item === null ? null : String(item)));
}

function isLeaf(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
