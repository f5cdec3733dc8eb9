import { GraphQLError } from 'graphql';
import { clientName } from '../planner/client-names.ts';
import { toldBy } from '../subgraph/error-source.ts';
import type { SubgraphAnswerError, SubgraphError } from '../subgraph/subgraph.ts';
import { isObject, type JsonObject, own } from './json.ts';
import type { ResponsePath } from './place.ts';
import type { Location, Run } from './run.ts';

/** Tells an error of a subgraph at a place of the response. */
export function report(run: Run, error: SubgraphAnswerError, path: ResponsePath): void {
  const shown = shownPath(path);
  run.fetched.errors.push(
    toldBy(
      new GraphQLError(error.message, {
        path: shown,
        ...(shown && locationOf(run, path, shown)),
        extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...error.extensions },
      }),
      error.subgraph,
    ),
  );
}

/** Tells at each of the places that a subgraph did not answer. */
export function reportFailure(run: Run, error: SubgraphError, paths: readonly ResponsePath[]): void {
  const { code, retryAfterMs } = error;
  for (const path of paths) {
    const shown = shownPath(path);
    run.fetched.errors.push(
      toldBy(
        new GraphQLError(error.message, {
          path: shown,
          ...(shown && locationOf(run, path, shown)),
          originalError: error,
          extensions: retryAfterMs === undefined ? { code } : { code, retryAfterMs },
        }),
        error.subgraph,
      ),
    );
  }
}

/** What was fetched says which of the client's fragments are those that were asked of an object. */
function locationOf({ input, fetched }: Run, path: ResponsePath, shown: ResponsePath): Location | undefined {
  if (!input.locate) return undefined;
  const objects: unknown[] = [fetched.data];
  for (const [depth, step] of path.entries()) {
    const value = objects[depth];
    objects.push(
      typeof value === 'object' && value !== null ? own(value as JsonObject, String(step)) : undefined,
    );
  }
  return input.locate(shown, (depth, type) => {
    const object = objects[depth];
    return input.types.is(isObject(object) ? object.__typename : undefined, type, true);
  });
}

/** In the client's names. */
function shownPath(path: ResponsePath): ResponsePath | undefined {
  if (path.length === 0) return undefined;
  return path.map((step) => (typeof step === 'string' ? clientName(step) : step));
}
