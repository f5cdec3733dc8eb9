import type { EntityInput, RequiredSelection } from '../planner/plan.ts';
import { isObject, type JsonObject, own, setOwn } from './json.ts';
import { merge } from './merge.ts';
import { goTo, type Place } from './place.ts';
import { applyRewrites } from './rewrite.ts';
import type { TypeTest } from './type-test.ts';

/** What an entity fetch asks for: every entity once, however often it stands in the response. */
export interface Representations {
  /** Where the entities are. */
  places: readonly Place[];
  /** JSON, in the order in which they are sent. */
  json: readonly string[];
  /** For each representation, the objects of the places that it stands for, counted through all places. */
  targetsOf: readonly (readonly number[])[];
  targets: readonly JsonObject[];
}

export function representationsOf(place: Place, input: EntityInput, types: TypeTest): Representations {
  const places = input.paths.map((path) => goTo(place, path, types));
  const targets = places.length === 1 ? places[0]!.targets : places.flatMap((found) => found.targets);
  const positions = new Map<string, number>();
  const json: string[] = [];
  const targetsOf: number[][] = [];
  targets.forEach((target, index) => {
    const representation = select(target, input.requires, types);
    if (!representation?.__typename) return;
    if (input.rewrites.length > 0) applyRewrites(input.rewrites, representation, types);
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
  return { places, json, targetsOf, targets };
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
