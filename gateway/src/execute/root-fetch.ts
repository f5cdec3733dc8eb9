import type { FetchNode, Step as PathStep } from '../planner/plan.ts';
import { report, reportFailure } from './failures.ts';
import { checkComplete } from './incomplete.ts';
import type { JsonObject } from './json.ts';
import { failureOf } from './levels.ts';
import { copy, merge } from './merge.ts';
import { commonPath, compileWalk, placesBehind, type ResponsePath } from './place.ts';
import { requestTemplate, send } from './request.ts';
import { applyRewrites, rewrittenPath } from './rewrite.ts';
import { compileRootNames } from './root-names.ts';
import type { Run, Step } from './run.ts';
import type { TypeTest } from './type-test.ts';

/** Failures of one fetch are told at so many places at most, and otherwise at the one that they have in common. */
const maxPlaces = 100;

/** Root fields of a subgraph, merged into the objects that `path` leads to. */
export function compileRootFetch(node: FetchNode, path: readonly PathStep[], types: TypeTest): Step {
  const template = requestTemplate({ ...node, kind: node.operationKind });
  const { rewrites } = node;
  const names = compileRootNames(node);
  const walk = path.length > 0 ? compileWalk(path, types) : null;
  const common = commonPath(path);
  /** Of the objects; null where they are too many for so many failures. */
  const placesIn = ({ fetched: { data } }: Run, failures: number): readonly ResponsePath[] | null => {
    if (!walk) return [[]];
    const places = [...placesBehind(data, path, types).values()].flat();
    return places.length * failures <= maxPlaces ? places : null;
  };
  /** Of the fields. */
  const failedPaths = (run: Run, failures: number): readonly ResponsePath[] => {
    const paths = placesIn(run, failures)?.flatMap((place) => names().map((name) => [...place, name])) ?? [];
    return paths.length > 0 && paths.length * failures <= maxPlaces ? paths : [common];
  };
  return async (run) => {
    const targets: JsonObject[] = walk ? [] : [run.fetched.data];
    walk?.(run.fetched.data, targets);
    if (targets.length === 0) return;
    try {
      const answer = await send(run, template, '');
      checkComplete(template.subgraph, answer);
      const { data, errors } = answer;
      if (data) {
        applyRewrites(rewrites, data, types);
        // Last the one that may keep the parts: the copies are taken before anything is merged into them.
        for (let index = targets.length - 1; index >= 0; index--) {
          merge(targets[index]!, index === 0 ? data : copy(data), types);
        }
      }
      if (errors.length === 0) return;
      const places = placesIn(run, errors.length);
      for (const error of errors) {
        const below = rewrittenPath(error.path ?? [], rewrites);
        const paths =
          data || below.length > 0
            ? (places?.map((place) => [...place, ...below]) ?? [common])
            : failedPaths(run, errors.length);
        for (const at of paths) report(run, error, at);
      }
    } catch (error) {
      reportFailure(run, failureOf(error, template.subgraph), failedPaths(run, 1));
    }
  };
}
