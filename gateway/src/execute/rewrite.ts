import { isPlanners } from '../planner/client-names.ts';
import type { Rewrite, RewriteStep } from '../planner/plan.ts';
import { isObject, type JsonObject, own, setOwn } from './json.ts';
import type { ResponsePath } from './place.ts';
import type { TypeTest } from './type-test.ts';

/** Changes what goes to a subgraph or comes from it, in place, as the plan says. */
export function applyRewrites(rewrites: readonly Rewrite[], value: unknown, types: TypeTest): void {
  for (const rewrite of rewrites) applyAt(value, rewrite.path, 0, types, (object) => apply(rewrite, object));
}

function apply(rewrite: Rewrite, object: JsonObject): void {
  if (rewrite.kind === 'set') {
    setOwn(object, rewrite.field, rewrite.value);
    return;
  }
  const value = own(object, rewrite.field);
  if (value === undefined || value === null) return;
  delete object[rewrite.field];
  setOwn(object, rewrite.to, value);
}

function applyAt(
  value: unknown,
  path: readonly RewriteStep[],
  index: number,
  types: TypeTest,
  change: (object: JsonObject) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) applyAt(item, path, index, types, change);
    return;
  }
  if (!isObject(value)) return;
  const step = path[index];
  if (!step) change(value);
  else if (step.kind === 'field') applyAt(own(value, step.name), path, index + 1, types, change);
  else if (types.is(value.__typename, step.name, true)) applyAt(value, path, index + 1, types, change);
}

/** A path in what a subgraph answered, as it is once the answer is rewritten: aliases of a planner are nobody else's. */
export function rewrittenPath(path: ResponsePath, rewrites: readonly Rewrite[]): ResponsePath {
  if (rewrites.length === 0) return path;
  return path.map((step) => {
    if (typeof step !== 'string' || !isPlanners(step)) return step;
    const renamed = rewrites.find((rewrite) => rewrite.kind === 'rename' && rewrite.field === step);
    return renamed?.kind === 'rename' ? renamed.to : step;
  });
}
