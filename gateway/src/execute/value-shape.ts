import { type FieldNode, GraphQLError } from 'graphql';
import { isObject, type JsonObject, reader, setOwn } from './json.ts';
import type { Leaf } from './leaf.ts';

/** One response being built. */
export interface ShapeRun {
  path: (string | number)[];
  errors: GraphQLError[];
  /** What the caller must not see. */
  denied: GraphQLError[];
  introspect: (field: FieldNode) => unknown;
}

/** Null at this place, and its error is recorded already. */
export const broken = Symbol('broken');
/** Null where null is not allowed: the parent becomes null. The error is recorded already. */
const bubble = Symbol('bubble');

/** How the values at one place of an operation become the response's: as objects, or as JSON. */
export interface ValueShape {
  /** Null, `broken` or `bubble` where there is no value. */
  complete(value: unknown, run: ShapeRun): unknown;
  write(value: unknown, run: ShapeRun): string | null | symbol;
  /** What fits this is shown as it is, without looking further. */
  leaf: Leaf | null;
}

export interface FieldShape extends ValueShape {
  key: string;
  /** The key as JSON, with its colon. */
  before: string;
  read: (object: JsonObject) => unknown;
  assign: (object: JsonObject, value: unknown) => void;
}

/** `name` is the one under which the value was fetched. */
export function fieldShape(key: string, name: string, shape: ValueShape): FieldShape {
  return {
    key,
    before: `${JSON.stringify(key)}:`,
    read: reader(name),
    assign:
      key === '__proto__'
        ? (object, value) => setOwn(object, key, value)
        : (object, value) => {
            object[key] = value;
          },
    complete: shape.complete,
    write: shape.write,
    leaf: shape.leaf,
  };
}

/** `fieldsOf` is asked once for each name of a type; null says that there is no such type. */
export function objectOf(
  declared: string,
  fieldsOf: (typename: string) => readonly FieldShape[] | null,
): ValueShape {
  const byType = new Map<string, readonly FieldShape[]>();
  let lastName: string | null = null;
  let lastFields: readonly FieldShape[] = [];
  const find = (typename: unknown): readonly FieldShape[] | null => {
    const name = typeof typename === 'string' ? typename : declared;
    if (name === lastName) return lastFields;
    let fields = byType.get(name) ?? null;
    if (!fields) {
      fields = fieldsOf(name);
      if (!fields) return null;
      byType.set(name, fields);
    }
    lastName = name;
    lastFields = fields;
    return fields;
  };
  const expected = `Expected an object of the type ${declared}.`;
  return {
    leaf: null,
    complete(value, run) {
      if (value === null || value === undefined) return null;
      const fields = isObject(value) ? find(value.__typename) : null;
      if (!fields) return invalid(run, expected);
      const shaped: JsonObject = {};
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index]!;
        const found = field.read(value as JsonObject);
        if (field.leaf !== null && found !== null && found !== undefined && field.leaf.fits(found)) {
          field.assign(shaped, found);
          continue;
        }
        run.path.push(field.key);
        const completed = field.complete(found, run);
        run.path.pop();
        if (completed === bubble) return broken;
        field.assign(shaped, completed === broken ? null : completed);
      }
      return shaped;
    },
    write(value, run) {
      if (value === null || value === undefined) return null;
      const fields = isObject(value) ? find(value.__typename) : null;
      if (!fields) return invalid(run, expected);
      let text = '{';
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index]!;
        const found = field.read(value as JsonObject);
        if (index > 0) text += ',';
        if (field.leaf !== null && found !== null && found !== undefined) {
          const written = field.leaf.text(found);
          if (written !== undefined) {
            text += field.before + written;
            continue;
          }
        }
        run.path.push(field.key);
        const written = field.write(found, run);
        run.path.pop();
        if (written === bubble) return broken;
        text += field.before + (typeof written === 'string' ? written : 'null');
      }
      return `${text}}`;
    },
  };
}

export function listOf({ complete, write }: ValueShape, at: string): ValueShape {
  const expected = `Expected a list for ${at}.`;
  return {
    leaf: null,
    complete(value, run) {
      if (value === null || value === undefined) return null;
      if (!Array.isArray(value)) return invalid(run, expected);
      const items: unknown[] = new Array(value.length);
      let bubbled = false;
      const depth = run.path.push(0) - 1;
      for (let index = 0; index < value.length; index++) {
        run.path[depth] = index;
        const completed = complete(value[index], run);
        if (completed === bubble) bubbled = true;
        items[index] = completed === broken ? null : completed;
      }
      run.path.pop();
      return bubbled ? broken : items;
    },
    write(value, run) {
      if (value === null || value === undefined) return null;
      if (!Array.isArray(value)) return invalid(run, expected);
      let text = '[';
      let bubbled = false;
      const depth = run.path.push(0) - 1;
      for (let index = 0; index < value.length; index++) {
        run.path[depth] = index;
        const written = write(value[index], run);
        if (written === bubble) bubbled = true;
        if (index > 0) text += ',';
        text += typeof written === 'string' ? written : 'null';
      }
      run.path.pop();
      return bubbled ? broken : `${text}]`;
    },
  };
}

export function nonNull({ complete, write, leaf }: ValueShape, at: string): ValueShape {
  const up = <T>(value: T, run: ShapeRun): T | typeof bubble => {
    if (value === null) record(run, `Cannot return null for the non-nullable field ${at}.`);
    return value === null || value === broken ? bubble : value;
  };
  return {
    leaf,
    complete: (value, run) => up(complete(value, run), run),
    write: (value, run) => up(write(value, run), run),
  };
}

export function leafShape(leaf: Leaf, type: string, at: string): ValueShape {
  const expected = `Expected a value of the type ${type} for ${at}.`;
  return {
    leaf,
    complete(value, run) {
      if (value === null || value === undefined) return null;
      return leaf.fits(value) ? value : invalid(run, expected);
    },
    write(value, run) {
      if (value === null || value === undefined) return null;
      return leaf.text(value) ?? invalid(run, expected);
    },
  };
}

/** What an object is, known from what it was taken for. */
export function typenameOf(name: string, isObjectName: boolean): ValueShape {
  if (!isObjectName) {
    const abstract = (_: unknown, run: ShapeRun) => {
      record(run, `Expected the type of an object, got the abstract ${name}.`);
      return bubble;
    };
    return { leaf: null, complete: abstract, write: abstract };
  }
  const text = JSON.stringify(name);
  return { leaf: null, complete: () => name, write: () => text };
}

/** Told of one response: lists can hold the same field a million times. */
const maxDenied = 100;

/** What the caller must not see. */
export function denied(isNonNull: boolean): ValueShape {
  const nothing = (_: unknown, run: ShapeRun) => {
    if (run.denied.length < maxDenied) {
      run.denied.push(
        new GraphQLError('Unauthorized field or type', {
          path: [...run.path],
          extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
        }),
      );
    }
    return isNonNull ? bubble : null;
  };
  return { leaf: null, complete: nothing, write: nothing };
}

export function introspected(field: FieldNode): ValueShape {
  return {
    leaf: null,
    complete: (_, run) => run.introspect(field),
    write: (_, run) => JSON.stringify(run.introspect(field)),
  };
}

function invalid(run: ShapeRun, message: string): typeof broken {
  record(run, message);
  return broken;
}

function record(run: ShapeRun, message: string): void {
  run.errors.push(new GraphQLError(message, { path: [...run.path], extensions: { code: 'INVALID_VALUE' } }));
}
