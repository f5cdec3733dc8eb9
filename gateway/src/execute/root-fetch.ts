import type { FetchNode, Step as PathStep } from '../planner/plan.ts';
import { SubgraphError } from '../subgraph/subgraph.ts';
import { report, reportFailure } from './failures.ts';
import { checkComplete } from './incomplete.ts';
import type { JsonObject } from './json.ts';
import { copy, merge } from './merge.ts';
import { commonPath, compileWalk } from './place.ts';
import { requestTemplate, send } from './request.ts';
import { applyRewrites } from './rewrite.ts';
import type { Step } from './run.ts';
import type { TypeTest } from './type-test.ts';

/** Root fields of a subgraph, merged into the objects that `path` leads to. */
export function compileRootFetch(node: FetchNode, path: readonly PathStep[], types: TypeTest): Step {
  const template = requestTemplate({ ...node, kind: node.operationKind });
  const { rewrites } = node;
  const at = commonPath(path);
  const walk = path.length > 0 ? compileWalk(path, types) : null;
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
      for (const error of errors) report(run, error, [...at, ...(error.path ?? [])]);
    } catch (error) {
      if (!(error instanceof SubgraphError)) throw error;
      reportFailure(run, error, [at]);
    }
  };
}
