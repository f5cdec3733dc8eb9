import { isObject, type JsonObject, own, setOwn } from './json.ts';
import type { TypeTest } from './type-test.ts';

/**
 * Merges what a fetch brought into what is there. Objects are merged field by field, lists of equal length item by item;
 * null never replaces a value that another subgraph has given, nor the name of an interface that of an object's type.
 * Parts of `source` may become parts of `target`.
 */
export function merge(target: JsonObject, source: JsonObject, types: TypeTest): void {
  for (const name of Object.keys(source)) {
    const value = source[name];
    if (value === undefined) continue;
    const present = own(target, name);
    if (present === undefined || present === null) setOwn(target, name, value);
    else if (name === '__typename' && types.isObject(present)) continue;
    else if (value !== null) setOwn(target, name, mergeValues(present, value, types));
  }
}

function mergeValues(present: unknown, value: unknown, types: TypeTest): unknown {
  if (isObject(present) && isObject(value)) {
    if (present !== value) merge(present, value, types);
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
  if (Array.isArray(value)) return value.map(copy) as T;
  if (!isObject(value)) return value;
  const copied: JsonObject = {};
  for (const name of Object.keys(value)) setOwn(copied, name, copy((value as JsonObject)[name]));
  return copied as T;
}
