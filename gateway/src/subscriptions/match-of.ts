import type { Caller } from '../caller/caller.ts';
import type { JsonObject } from '../execute/json.ts';
import type { CompiledSubscription } from './compile.ts';
import { bindFilter, type EventMatch } from './event-filter.ts';

/** Which events a subscription wants for this caller; undefined: all. Throws a GraphQLError where a claim is missing. */
export function matchOf(
  compiled: CompiledSubscription,
  values: JsonObject,
  caller: Caller,
): EventMatch | undefined {
  const { filter } = compiled.field;
  return filter ? bindFilter(filter, compiled.arguments(values), caller.claims) : undefined;
}
