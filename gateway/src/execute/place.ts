import type { Step } from '../planner/plan.ts';
import { isObject, type JsonObject, reader } from './json.ts';
import type { TypeTest } from './type-test.ts';

export type ResponsePath = readonly (string | number)[];

/** Puts the objects behind a path into `found`, in the order of the response. */
export type Walk = (value: unknown, found: JsonObject[]) => void;

/** Through lists that the path does not name it goes by itself, and past what is null or of other types. */
export function compileWalk(path: readonly Step[], types: TypeTest): Walk {
  const [step, ...behind] = path;
  if (!step) return collect;
  const next = compileWalk(behind, types);
  switch (step.kind) {
    case 'field': {
      const read = reader(step.name);
      const walk: Walk = (value, found) => {
        if (typeof value !== 'object' || value === null) return;
        if (Array.isArray(value))
          for (let index = 0; index < value.length; index++) walk(value[index], found);
        else next(read(value as JsonObject), found);
      };
      return walk;
    }
    case 'list':
      return (value, found) => {
        if (!Array.isArray(value)) return;
        for (let index = 0; index < value.length; index++) next(value[index], found);
      };
    case 'types': {
      const walk: Walk = (value, found) => {
        if (Array.isArray(value)) for (const item of value) walk(item, found);
        else if (isObject(value) && fits(value, step.names, types)) next(value, found);
      };
      return walk;
    }
  }
}

function collect(value: unknown, found: JsonObject[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else found.push(value as JsonObject);
}

/** An object that does not say what it is was asked for as one of the types. */
function fits(value: JsonObject, names: readonly string[], types: TypeTest): boolean {
  return names.some((name) => types.is(value.__typename, name, true));
}

/** Every place in the response at which one of the objects behind `path` stands. Only errors need them. */
export function placesBehind(
  root: JsonObject,
  path: readonly Step[],
  types: TypeTest,
  found: Map<JsonObject, ResponsePath[]> = new Map(),
): Map<JsonObject, ResponsePath[]> {
  const walk = (value: unknown, index: number, at: ResponsePath): void => {
    if (value === null || value === undefined) return;
    const step = path[index];
    if (Array.isArray(value)) {
      const next = step?.kind === 'list' ? index + 1 : index;
      value.forEach((item, position) => {
        walk(item, next, [...at, position]);
      });
    } else if (isObject(value)) {
      if (!step) {
        const places = found.get(value);
        if (places) places.push(at);
        else found.set(value, [at]);
      } else if (step.kind === 'field') walk(reader(step.name)(value), index + 1, [...at, step.name]);
      else if (step.kind === 'types' && fits(value, step.names, types)) walk(value, index + 1, at);
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
