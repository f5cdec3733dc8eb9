import { type FieldNode, GraphQLError, type Source } from 'graphql';
import { isObject, isPlain, type JsonObject, own, setOwn } from './json.ts';
import { isInt, type Leaf } from './leaf.ts';
import { isDeeper, maxLevels } from './levels.ts';
import { type Prefix, prefixOf } from './prefix.ts';
import type { Location } from './run.ts';
import { UnfitValue } from './unfit-value.ts';

/** One response being built. */
export interface ShapeRun {
  path: (string | number)[];
  /** The field that is being built; objects set it before each of theirs, lists before each item. */
  field: FieldShape | null;
  /** The client's document. */
  readonly source: Source | undefined;
  readonly errors: UnfitValue[];
  /** What the caller must not see. */
  readonly denied: GraphQLError[];
  readonly introspect: (field: FieldNode) => unknown;
}

/** Null at this place, and its error is recorded already. */
export const broken = Symbol('broken');
/** Null where null is not allowed: the parent becomes null. The error is recorded already. */
const bubble = Symbol('bubble');

/**
 * How the values at one place of an operation become the response's: as objects, or as JSON. Thousands of operations are
 * kept, each with one of these for each of its fields: they are small objects, not closures.
 */
export interface ValueShape {
  /** Null, `broken` or `bubble` where there is no value. */
  complete(value: unknown, run: ShapeRun): unknown;
  write(value: unknown, run: ShapeRun): string | null | symbol;
  /** What fits this is shown as it is, without looking further. */
  readonly leaf: Leaf | null;
  /** Compiles what would be compiled when the first value comes, as far as its type is known; for so many fields. */
  prepare(fields: { left: number }): void;
}

export interface FieldShape {
  /** In the response. */
  readonly key: string;
  /** What stands before the value. */
  readonly prefix: Prefix;
  /** In what was fetched. */
  readonly name: string;
  /** Whether objects inherit something of that name, or setting the key does something else: a closer look is needed. */
  readonly unusual: boolean;
  readonly shape: ValueShape;
  readonly leaf: Leaf | null;
  /** `leaf.kind`, for who writes. */
  readonly kind: Leaf['kind'] | null;
  /** Where the client's document asks for it: mostly there is one place. */
  readonly positions: number | readonly number[];
}

/** `name` is the one under which the value was fetched; `index` says which of an object's fields it is. */
export function fieldShape(
  key: string,
  name: string,
  shape: ValueShape,
  positions: readonly number[],
  index: number,
): FieldShape {
  const unusual = name in Object.prototype || key === '__proto__';
  return {
    key,
    prefix: prefixOf(key, index === 0),
    name,
    unusual,
    shape,
    leaf: shape.leaf,
    kind: shape.leaf?.kind ?? null,
    positions: positions.length === 1 ? positions[0]! : positions,
  };
}

/**
 * `fieldsOf` is asked once for each name of a type; null says that no object of that type can be here. `isObjectName`:
 * whether objects can be of the declared type itself.
 */
export function objectOf(
  declared: string,
  isObjectName: boolean,
  fieldsOf: (typename: string) => readonly FieldShape[] | null,
): ValueShape {
  return new ObjectShape(declared, isObjectName, fieldsOf);
}

class ObjectShape implements ValueShape {
  readonly leaf = null;
  readonly #declared: string;
  readonly #isObjectName: boolean;
  readonly #fieldsOf: (typename: string) => readonly FieldShape[] | null;
  #lastName: string | null = null;
  #lastFields: readonly FieldShape[] = [];
  /** All of them, when there is more than one type. */
  #byType: Map<string, readonly FieldShape[]> | null = null;

  constructor(
    declared: string,
    isObjectName: boolean,
    fieldsOf: (typename: string) => readonly FieldShape[] | null,
  ) {
    this.#declared = declared;
    this.#isObjectName = isObjectName;
    this.#fieldsOf = fieldsOf;
  }

  complete(value: unknown, run: ShapeRun): unknown {
    if (value === null || value === undefined) return null;
    const fields = this.#find(value);
    if (!fields) return this.#invalid(run);
    const object = value as JsonObject;
    const shaped: JsonObject = {};
    for (let index = 0; index < fields.length; index++) {
      const { key, name, unusual, leaf, shape } = fields[index]!;
      const found = unusual ? own(object, name) : object[name];
      let completed = found;
      if (leaf === null || found === null || found === undefined || !leaf.fits(found)) {
        run.path.push(key);
        run.field = fields[index]!;
        completed = shape.complete(found, run);
        run.path.pop();
        if (completed === bubble) return this.#broken(run, fields[index]!, found, object, fields);
        if (completed === broken) completed = null;
      }
      if (unusual) setOwn(shaped, key, completed);
      else shaped[key] = completed;
    }
    return shaped;
  }

  write(value: unknown, run: ShapeRun): string | null | symbol {
    if (value === null || value === undefined) return null;
    const fields = this.#find(value);
    if (!fields) return this.#invalid(run);
    const object = value as JsonObject;
    if (fields.length === 0) return '{}';
    let text = '';
    // Whether what was written last lacks its closing quote: pieces that are not joined first are joined once less.
    let open = false;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!;
      const { name, kind, prefix } = field;
      const found = field.unusual ? own(object, name) : object[name];
      // What most values are, without a call that could be to any of the leaves.
      if (kind === 'text' && typeof found === 'string' && isPlain(found)) {
        text += (open ? prefix.betweenTexts : prefix.toText) + found;
        open = true;
        continue;
      }
      if (open) {
        text += prefix.afterText;
        open = false;
      } else text += prefix.plain;
      if (kind === 'int' && isInt(found)) {
        text += found;
        continue;
      }
      if (kind !== null && found !== null && found !== undefined) {
        const written = field.leaf!.text(found);
        if (written !== undefined) {
          text += written;
          continue;
        }
      }
      run.path.push(field.key);
      run.field = field;
      const written = field.shape.write(found, run);
      run.path.pop();
      if (written === bubble) return this.#broken(run, field, found, object, fields);
      text += typeof written === 'string' ? written : 'null';
    }
    return open ? `${text}"}` : `${text}}`;
  }

  #find(value: unknown): readonly FieldShape[] | null {
    if (!isObject(value)) return null;
    const { __typename } = value;
    const name = typeof __typename === 'string' ? __typename : this.#declared;
    if (name === this.#lastName) return this.#lastFields;
    return this.#fieldsOfType(name);
  }

  #fieldsOfType(name: string): readonly FieldShape[] | null {
    let fields = this.#byType?.get(name) ?? null;
    if (!fields) {
      fields = this.#fieldsOf(name);
      if (!fields) return null;
      if (this.#lastName !== null) {
        this.#byType ??= new Map([[this.#lastName, this.#lastFields]]);
        this.#byType.set(name, fields);
      }
    }
    this.#lastName = name;
    this.#lastFields = fields;
    return fields;
  }

  prepare(budget: { left: number }): void {
    if (!this.#isObjectName || budget.left <= 0) return;
    const fields = this.#fieldsOfType(this.#declared) ?? [];
    budget.left -= fields.length;
    for (const { shape } of fields) shape.prepare(budget);
  }

  /** Null since one of its fields is. Where that one did not come at all, what failed beside it may be why. */
  #broken(
    run: ShapeRun,
    { shape }: FieldShape,
    found: unknown,
    object: JsonObject,
    fields: readonly FieldShape[],
  ): typeof broken {
    const error = run.errors.at(-1);
    if (error && found === undefined && shape instanceof NonNullShape) {
      error.lacks = (key) => {
        const sibling = fields.find((field) => field.key === key);
        return own(object, sibling ? sibling.name : key) === undefined;
      };
    }
    return broken;
  }

  #invalid(run: ShapeRun): typeof broken {
    return invalid(run, `Expected an object of the type ${this.#declared}.`);
  }
}

export function listOf(item: ValueShape, at: string): ValueShape {
  return new ListShape(item, at);
}

class ListShape implements ValueShape {
  readonly leaf = null;
  readonly #item: ValueShape;
  readonly #at: string;

  constructor(item: ValueShape, at: string) {
    this.#item = item;
    this.#at = at;
  }

  complete(value: unknown, run: ShapeRun): unknown {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) return this.#invalid(run);
    const items: unknown[] = new Array(value.length);
    const { field } = run;
    let bubbled = false;
    const depth = run.path.push(0) - 1;
    for (let index = 0; index < value.length; index++) {
      run.path[depth] = index;
      run.field = field;
      const completed = this.#item.complete(value[index], run);
      if (completed === bubble) bubbled = true;
      items[index] = completed === broken ? null : completed;
    }
    run.path.pop();
    return bubbled ? broken : items;
  }

  write(value: unknown, run: ShapeRun): string | null | symbol {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) return this.#invalid(run);
    const { field } = run;
    let text = '[';
    let bubbled = false;
    const depth = run.path.push(0) - 1;
    for (let index = 0; index < value.length; index++) {
      run.path[depth] = index;
      run.field = field;
      const written = this.#item.write(value[index], run);
      if (written === bubble) bubbled = true;
      if (index > 0) text += ',';
      text += typeof written === 'string' ? written : 'null';
    }
    run.path.pop();
    return bubbled ? broken : `${text}]`;
  }

  prepare(budget: { left: number }): void {
    this.#item.prepare(budget);
  }

  #invalid(run: ShapeRun): typeof broken {
    return invalid(run, `Expected a list for ${this.#at}.`);
  }
}

export function nonNull(nullable: ValueShape, at: string): ValueShape {
  return new NonNullShape(nullable, at);
}

class NonNullShape implements ValueShape {
  readonly leaf: Leaf | null;
  readonly #nullable: ValueShape;
  readonly #at: string;

  constructor(nullable: ValueShape, at: string) {
    this.leaf = nullable.leaf;
    this.#nullable = nullable;
    this.#at = at;
  }

  complete(value: unknown, run: ShapeRun): unknown {
    return this.#up(this.#nullable.complete(value, run), run);
  }

  write(value: unknown, run: ShapeRun): string | null | symbol {
    return this.#up(this.#nullable.write(value, run), run);
  }

  prepare(budget: { left: number }): void {
    this.#nullable.prepare(budget);
  }

  #up<T>(value: T, run: ShapeRun): T | typeof bubble {
    if (value === null) record(run, `Cannot return null for the non-nullable field ${this.#at}.`);
    return value === null || value === broken ? bubble : value;
  }
}

export function leafShape(leaf: Leaf, type: string, at: string): ValueShape {
  return new LeafShape(leaf, type, at);
}

class LeafShape implements ValueShape {
  readonly leaf: Leaf;
  readonly #type: string;
  readonly #at: string;

  constructor(leaf: Leaf, type: string, at: string) {
    this.leaf = leaf;
    this.#type = type;
    this.#at = at;
  }

  complete(value: unknown, run: ShapeRun): unknown {
    if (value === null || value === undefined) return null;
    return this.leaf.fits(value) ? value : this.#invalid(value, run);
  }

  write(value: unknown, run: ShapeRun): string | null | symbol {
    if (value === null || value === undefined) return null;
    return this.leaf.text(value) ?? this.#invalid(value, run);
  }

  prepare(): void {}

  #invalid(value: unknown, run: ShapeRun): typeof broken {
    const wanted = isDeeper(value, maxLevels)
      ? `at most ${maxLevels} levels of lists and objects`
      : `a value of the type ${this.#type}`;
    return invalid(run, `Expected ${wanted} for ${this.#at}.`);
  }
}

/** What an object is, known from what it was taken for. */
export function typenameOf(name: string, isObjectName: boolean): ValueShape {
  if (!isObjectName) {
    const abstract = (_: unknown, run: ShapeRun) => {
      record(run, `Expected the type of an object, got the abstract ${name}.`);
      return bubble;
    };
    return { leaf: null, complete: abstract, write: abstract, prepare };
  }
  const text = JSON.stringify(name);
  return { leaf: null, complete: () => name, write: () => text, prepare };
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
          ...placeOf(run),
          extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
        }),
      );
    }
    return isNonNull ? bubble : null;
  };
  return { leaf: null, complete: nothing, write: nothing, prepare };
}

export function introspected(field: FieldNode): ValueShape {
  return {
    leaf: null,
    complete: (_, run) => run.introspect(field),
    write: (_, run) => JSON.stringify(run.introspect(field)),
    prepare,
  };
}

/** Nothing waits for values. */
function prepare(): void {}

function invalid(run: ShapeRun, message: string): typeof broken {
  record(run, message);
  return broken;
}

function record(run: ShapeRun, message: string): void {
  run.errors.push(
    new UnfitValue(message, [...run.path], run.errors.length < maxPlaced ? placeOf(run) : undefined),
  );
}

/** Values of one response that did not fit and are told with their places: each is looked for from the document's beginning. */
const maxPlaced = 100;
/** Places told of one field. */
const maxPositions = 10;

/** Of the field that is being built. */
function placeOf({ source, field }: ShapeRun): Location | undefined {
  if (!source || !field) return undefined;
  const { positions } = field;
  if (typeof positions === 'number') return { source, positions: [positions] };
  return positions.length > 0 ? { source, positions: positions.slice(0, maxPositions) } : undefined;
}
