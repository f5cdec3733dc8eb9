import type { EntityInput, RequiredField, RequiredSelection } from '../planner/plan.ts';
import { isObject, type JsonObject, own, quoted, reader, setOwn } from './json.ts';
import { merge } from './merge.ts';
import { applyRewrites } from './rewrite.ts';
import type { TypeTest } from './type-test.ts';

/** How the objects of one type are represented in a request. */
export interface Representation {
  /** As JSON; null when something of it is missing, so that it cannot be asked for. */
  write(object: JsonObject): string | null;
  /** What tells most of these objects apart; null where only the JSON does. */
  key: ((object: JsonObject) => unknown) | null;
  /** Whether two objects with equal keys have equal representations. */
  equal(one: JsonObject, other: JsonObject): boolean;
}

/** Types of which one input remembers how they are represented. */
const maxTypes = 1_000;

/** Gives the representation of an object by its type. */
export function compileRepresentation(
  { requires, rewrites }: EntityInput,
  types: TypeTest,
): (object: JsonObject) => Representation {
  const slow: Representation = {
    write(object) {
      const representation = select(object, requires, types);
      if (!representation?.__typename) return null;
      applyRewrites(rewrites, representation, types);
      return JSON.stringify(representation);
    },
    key: null,
    equal: () => false,
  };
  if (rewrites.length > 0) return () => slow;
  const byType = new Map<string, Representation>();
  let lastName: unknown;
  let last = slow;
  return (object) => {
    const name = object.__typename;
    if (name === lastName) return last;
    if (typeof name !== 'string' || !types.isObject(name)) return slow;
    let representation = byType.get(name);
    if (!representation) {
      representation = forType(name, requires, types) ?? slow;
      if (byType.size < maxTypes) byType.set(name, representation);
    }
    lastName = name;
    last = representation;
    return representation;
  };
}

/** For the usual case, that one list of fields is required of a type: their JSON, written without an object in between. */
function forType(
  name: string,
  requires: readonly RequiredSelection[],
  types: TypeTest,
): Representation | null {
  const fitting = requires.filter(
    (selection) => selection.kind === 'field' || types.is(name, selection.type, true),
  );
  const [first] = fitting;
  if (!first) return null;
  const fields = first.kind === 'fragment' && fitting.length === 1 ? first.selections : fitting;
  if (!onlyFields(fields) || !fields.some(({ from, to }) => from === '__typename' && to === '__typename')) {
    return null;
  }
  const write = writeFields(fields);
  const [keyField] = fields.filter(({ from, selections }) => from !== '__typename' && !selections);
  const others = fields
    .filter((field) => field !== keyField)
    .map(({ from, selections }) => ({ read: reader(from), isLeaf: !selections }));
  return {
    write,
    key: keyField ? reader(keyField.from) : null,
    equal: (one, other) =>
      others.every(({ read, isLeaf }) => {
        const value = read(one);
        return isLeaf && typeof value !== 'object' ? value === read(other) : write(one) === write(other);
      }),
  };
}

function onlyFields(selections: readonly RequiredSelection[]): selections is readonly RequiredField[] {
  const names = new Set<string>();
  for (const selection of selections) {
    if (selection.kind !== 'field' || names.has(selection.to)) return false;
    names.add(selection.to);
    if (selection.selections && !onlyFields(selection.selections)) return false;
  }
  return true;
}

function writeFields(fields: readonly RequiredField[]): Representation['write'] {
  // In an order of our own, so that what different fetches say of an object is the same text.
  const ordered = [...fields].sort((one, other) => (one.to < other.to ? -1 : 1));
  const parts = ordered.map(({ from, to, selections }, index) => ({
    before: `${index === 0 ? '{' : ','}${JSON.stringify(to)}:`,
    read: reader(from),
    write: selections && onlyFields(selections) ? writeValue(writeFields(selections)) : null,
  }));
  return (object) => {
    let text = '';
    for (let index = 0; index < parts.length; index++) {
      const { before, read, write } = parts[index]!;
      const value = read(object);
      if (typeof value === 'string') text += before + quoted(value);
      else if (value === undefined) return null;
      else if (write) text += before + write(value);
      else text += before + (typeof value === 'number' ? value : JSON.stringify(value));
    }
    return `${text}}`;
  };
}

function writeValue(writeObject: Representation['write']): (value: unknown) => string {
  const write = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
    return isObject(value) ? (writeObject(value) ?? 'null') : JSON.stringify(value);
  };
  return write;
}

/** Null when something required is missing: its own fetch has failed, and has said so. */
function select(
  source: JsonObject,
  selections: readonly RequiredSelection[],
  types: TypeTest,
): JsonObject | null {
  const selected: JsonObject = {};
  for (const selection of selections) {
    if (selection.kind === 'fragment') {
      if (!types.is(source.__typename, selection.type, true)) continue;
      const part = select(source, selection.selections, types);
      if (part) merge(selected, part, types);
      continue;
    }
    const value = own(source, selection.from);
    if (value === undefined) return null;
    setOwn(selected, selection.to, selectValue(value, selection.selections, types));
  }
  return selected;
}

function selectValue(
  value: unknown,
  selections: readonly RequiredSelection[] | null,
  types: TypeTest,
): unknown {
  if (!selections) return value;
  if (Array.isArray(value)) return value.map((item) => selectValue(item, selections, types));
  return isObject(value) ? select(value, selections, types) : value;
}
