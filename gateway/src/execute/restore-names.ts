import { clientName } from '../planner/client-names.ts';
import { isObject, type JsonObject, setOwn } from './json.ts';

/** Gives fields their names back, in place, at any depth. What was fetched under such a name for the plan is done with. */
export function restoreNames(object: JsonObject, names: ReadonlySet<string>): void {
  for (const name of Object.keys(object)) {
    const value = object[name];
    restoreIn(value, names);
    if (!names.has(name)) continue;
    delete object[name];
    setOwn(object, clientName(name), value);
  }
}

function restoreIn(value: unknown, names: ReadonlySet<string>): void {
  if (Array.isArray(value)) for (const item of value) restoreIn(item, names);
  else if (isObject(value)) restoreNames(value, names);
}
