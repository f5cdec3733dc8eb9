import { GraphQLError } from 'graphql';
import { clientName } from '../planner/client-names.ts';
import { toldBy } from '../subgraph/error-source.ts';
import type { SubgraphAnswerError, SubgraphError } from '../subgraph/subgraph.ts';
import type { ResponsePath } from './place.ts';
import type { Run } from './run.ts';

/** Tells an error of a subgraph at a place of the response. */
export function report(run: Run, error: SubgraphAnswerError, path: ResponsePath): void {
  const shown = shownPath(path);
  run.fetched.errors.push(
    toldBy(
      new GraphQLError(error.message, {
        path: shown,
        ...(shown && run.input.locate?.(shown)),
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
          ...(shown && run.input.locate?.(shown)),
          originalError: error,
          extensions: retryAfterMs === undefined ? { code } : { code, retryAfterMs },
        }),
        error.subgraph,
      ),
    );
  }
}

/** In the client's names. */
function shownPath(path: ResponsePath): ResponsePath | undefined {
  if (path.length === 0) return undefined;
  return path.map((step) => (typeof step === 'string' ? clientName(step) : step));
}
