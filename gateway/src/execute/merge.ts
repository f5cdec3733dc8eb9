import { isObject, type JsonObject, own, setOwn } from './json.ts';
import type { TypeTest } from './type-test.ts';

/**
 * Merges what a fetch brought into what is there. Objects are merged field by field, lists of equal length item by item;
 * null never replaces a value that another subgraph has given, nor the name of an interface that of an object's type.
 * Parts of `source` may become parts of `target`.
 */
export function merge(target: JsonObject, source: JsonObject, types: TypeTest): void {
  // What comes from JSON has no enumerable field but its own.
  for (const name in source) {
    const value = source[name];
    let present = target[name];
    // Functions are what an object inherits, and so is this name's value.
    if (typeof present === 'function' || name === '__proto__') present = own(target, name);
    if (present === value || value === undefined) continue;
    if (present === undefined || present === null) setOwn(target, name, value);
    else if (value === null || (name === '__typename' && types.isObject(present))) continue;
    else setOwn(target, name, mergeValues(present, value, types));
  }
}

function mergeValues(present: unknown, value: unknown, types: TypeTest): unknown {
  if (typeof value !== 'object' || present === value) return value;
  if (isObject(present) && isObject(value)) {
    merge(present, value, types);
    return present;
  }
  if (Array.isArray(present) && Array.isArray(value) && present.length === value.length) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (item === null || item === undefined) continue;
      const before: unknown = present[index];
      present[index] = before === null || before === undefined ? item : mergeValues(before, item, types);
    }
    return present;
  }
  return value;
}

/** A copy that shares nothing, for an entity that stands at several places of the response. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const copied: JsonObject = {};
  for (const name in value as JsonObject) setOwn(copied, name, copy((value as JsonObject)[name]));
  return copied as T;
}

/** Something to merge whose parts are nobody else's: a copy where there are parts at all. */
export function separate(source: JsonObject): JsonObject {
  for (const name in source) {
    const value = source[name];
    if (typeof value === 'object' && value !== null) return copy(source);
  }
  return source;
}
