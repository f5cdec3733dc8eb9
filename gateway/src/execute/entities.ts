import type { FetchNode, RequiredSelection } from '../planner/plan.ts';
import { isObject, type JsonObject, own, setOwn } from './json.ts';
import { merge } from './merge.ts';
import { applyRewrites } from './rewrite.ts';
import type { TypeTest } from './type-test.ts';

/** What an entity fetch asks for: every entity once, however often it stands in the response. */
export interface Representations {
  /** JSON, in the order in which they are sent. */
  json: readonly string[];
  /** For each representation, which of the targets it stands for. */
  targetsOf: readonly (readonly number[])[];
}

export function representationsOf(
  targets: readonly JsonObject[],
  fetch: FetchNode & { requires: readonly RequiredSelection[] },
  types: TypeTest,
): Representations {
  const positions = new Map<string, number>();
  const json: string[] = [];
  const targetsOf: number[][] = [];
  targets.forEach((target, index) => {
    const representation = select(target, fetch.requires, types);
    if (!representation?.__typename) return;
    if (fetch.inputRewrites.length > 0) applyRewrites(fetch.inputRewrites, representation, types);
    const text = JSON.stringify(representation);
    const position = positions.get(text);
    if (position === undefined) {
      positions.set(text, json.length);
      json.push(text);
      targetsOf.push([index]);
    } else {
      targetsOf[position]!.push(index);
    }
  });
  return { json, targetsOf };
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
      if (!types.is(source.__typename, selection.type)) continue;
      const part = select(source, selection.selections, types);
      if (part) merge(selected, part);
      continue;
    }
    const value = own(source, selection.responseName);
    if (value === undefined) return null;
    setOwn(selected, selection.responseName, selectValue(value, selection.selections, types));
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
