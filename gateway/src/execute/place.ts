import type { Step } from '../planner/plan.ts';
import { isObject, type JsonObject, own } from './json.ts';
import type { TypeTest } from './type-test.ts';

/** A part of the response: the path that leads there, and the objects found, in the order of the response. */
export interface Place {
  path: readonly Step[];
  targets: readonly JsonObject[];
}

export type ResponsePath = readonly (string | number)[];

/** The objects behind `path`, seen from a place. */
export function goTo(place: Place, path: readonly Step[], types: TypeTest): Place {
  const targets: JsonObject[] = [];
  for (const target of place.targets) collect(target, path, 0, types, targets);
  return { path: [...place.path, ...path], targets };
}

function collect(
  value: unknown,
  path: readonly Step[],
  index: number,
  types: TypeTest,
  found: JsonObject[],
): void {
  if (value === null || value === undefined) return;
  const step = path[index];
  if (Array.isArray(value)) {
    const next = step?.kind === 'list' ? index + 1 : index;
    for (const item of value) collect(item, path, next, types, found);
  } else if (isObject(value)) {
    if (!step) found.push(value);
    else if (step.kind === 'field') collect(own(value, step.name), path, index + 1, types, found);
    else if (step.kind === 'types' && fits(value, step.names, types)) {
      collect(value, path, index + 1, types, found);
    }
  }
}

/** An object that does not say what it is was asked for as one of the types. */
function fits(value: JsonObject, names: readonly string[], types: TypeTest): boolean {
  return names.some((name) => types.is(value.__typename, name, true));
}

/** The concrete paths of a place's targets, in their order. Only errors need them. */
export function pathsOf(root: JsonObject, path: readonly Step[], types: TypeTest): ResponsePath[] {
  const found: ResponsePath[] = [];
  const walk = (value: unknown, index: number, at: ResponsePath): void => {
    if (value === null || value === undefined) return;
    const step = path[index];
    if (Array.isArray(value)) {
      const next = step?.kind === 'list' ? index + 1 : index;
      value.forEach((item, position) => {
        walk(item, next, [...at, position]);
      });
    } else if (isObject(value)) {
      if (!step) found.push(at);
      else if (step.kind === 'field') walk(own(value, step.name), index + 1, [...at, step.name]);
      else if (step.kind === 'types' && fits(value, step.names, types)) {
        walk(value, index + 1, at);
      }
    }
  };
  walk(root, 0, []);
  return found;
}

/** How far a path goes before it enters a list. */
export function commonPath(path: readonly Step[]): ResponsePath {
  const common: string[] = [];
  for (const step of path) {
    if (step.kind === 'list') break;
    if (step.kind === 'field') common.push(step.name);
  }
  return common;
}
