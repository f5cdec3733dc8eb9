import type { Claims } from '@alexandrite/auth/token';
import type { CompiledOperation } from './compile.ts';
import type { Denies, OperationScopes } from './scopes.ts';

/** Kept of one operation: what callers with different rights see of it. */
const maxViews = 64;

/**
 * An operation of which not everybody may see everything, as nobody in particular sees it; `for` gives it to others.
 * `compile` makes it for those who are denied something, or nothing.
 */
export function guarded(
  scopes: OperationScopes,
  compile: (denies: Denies | null) => CompiledOperation,
): CompiledOperation {
  const views = new Map<string, CompiledOperation>();
  const seenBy = (claims: Claims | null): CompiledOperation => {
    const view = scopes.viewOf(claims);
    let compiled = views.get(view);
    if (!compiled) {
      if (views.size >= maxViews) views.clear();
      compiled = { ...compile(scopes.deniedIn(view)), for: seenBy };
      views.set(view, compiled);
    }
    return compiled;
  };
  return seenBy(null);
}
