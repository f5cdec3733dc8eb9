import { GraphQLError } from 'graphql';
import type { ResponsePath } from './place.ts';
import type { Location } from './run.ts';

/** A value that did not fit and became null. */
export class UnfitValue extends GraphQLError {
  /**
   * Set where the value did not come at all: whether what should stand beside it did not come either. A subgraph that
   * must leave out one field leaves out the whole object.
   */
  lacks: ((sibling: string) => boolean) | undefined;

  constructor(message: string, path: ResponsePath, location: Location | undefined) {
    super(message, { path, ...location, extensions: { code: 'INVALID_VALUE' } });
  }
}

/**
 * Those values that no error of a fetch explains: neither at their place nor above nor below it, nor beside it where that
 * error took both. `base` is the path to what was shaped.
 */
export function unexplained(
  values: readonly UnfitValue[],
  errors: readonly GraphQLError[],
  base: ResponsePath = [],
): UnfitValue[] {
  return values.filter((value) => {
    const at = [...base, ...(value.path ?? [])];
    return !errors.some(({ path }) => !path || explains(path, at, value));
  });
}

function explains(path: ResponsePath, at: ResponsePath, { lacks }: UnfitValue): boolean {
  const length = Math.min(path.length, at.length);
  let same = 0;
  while (same < length && path[same] === at[same]) same++;
  if (same === length) return true;
  return lacks !== undefined && same === at.length - 1 && lacks(String(path[same]));
}
