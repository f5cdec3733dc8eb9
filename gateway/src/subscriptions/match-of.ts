import type { Caller } from '../caller/caller.ts';
import type { CompiledSubscription } from './compile.ts';
import { bindFilter, type EventMatch } from './event-filter.ts';

/** Which events a subscription wants for this caller; undefined: all. Throws a GraphQLError where a claim is missing. */
export function matchOf(
  compiled: CompiledSubscription,
  args: Readonly<Record<string, unknown>>,
  caller: Caller,
): EventMatch | undefined {
  const { filter } = compiled.field;
  return filter ? bindFilter(filter, args, caller.claims) : undefined;
}
