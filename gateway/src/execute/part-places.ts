import { isObject, type JsonObject, own } from './json.ts';
import type { ResponsePath } from './place.ts';
import type { TypeTest } from './type-test.ts';

/** From the objects of something that has been told to the objects of a part of it. */
export interface PartPath {
  /** The type that the objects are declared as where the path begins. */
  declared: string;
  steps: readonly PartStep[];
}

export type PartStep =
  | {
      kind: 'field';
      /** Its name in the response. */
      key: string;
      /** Its name in what was fetched. */
      fetchedName: string;
      declared: string;
    }
  | { kind: 'type'; name: string };

/** An object of a part. */
export interface PartPlace {
  path: ResponsePath;
  fetched: JsonObject;
}

/** The objects behind `path`: only those that the client knows of, by what it was told of the place. */
export function partPlaces(
  { declared, steps }: PartPath,
  place: PartPlace,
  told: JsonObject,
  types: TypeTest,
): PartPlace[] {
  const places: PartPlace[] = [];
  const walk = (
    fetched: unknown,
    shown: unknown,
    at: ResponsePath,
    index: number,
    declared: string,
  ): void => {
    if (Array.isArray(fetched) && Array.isArray(shown)) {
      for (let position = 0; position < shown.length; position++) {
        walk(fetched[position], shown[position], [...at, position], index, declared);
      }
      return;
    }
    if (!isObject(fetched) || !isObject(shown)) return;
    const step = steps[index];
    if (!step) {
      places.push({ path: at, fetched });
    } else if (step.kind === 'field') {
      const { key, fetchedName } = step;
      walk(own(fetched, fetchedName), own(shown, key), [...at, key], index + 1, step.declared);
    } else if (types.is(own(fetched, '__typename') ?? declared, step.name)) {
      walk(fetched, shown, at, index + 1, declared);
    }
  };
  walk(place.fetched, told, place.path, 0, declared);
  return places;
}
