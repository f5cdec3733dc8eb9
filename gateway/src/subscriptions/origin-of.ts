import type { Bus } from '@alexandrite/bus';
import type { Caller } from '../caller/caller.ts';
import { gatewayError } from '../errors.ts';
import { busOrigin } from './bus-origin.ts';
import type { CompiledSubscription } from './compile.ts';
import type { Origin } from './event-source.ts';
import { renderSubject } from './subject-template.ts';

/** Where the events of a subscription come from for this caller. Throws a GraphQLError when there is nothing. */
export function originOf(
  compiled: CompiledSubscription,
  args: Readonly<Record<string, unknown>>,
  caller: Caller,
  bus: Bus | undefined,
): Origin {
  if (!bus) throw gatewayError('EVENTS_UNAVAILABLE', 'This gateway has no bus.');
  return busOrigin(
    bus,
    compiled.field.subjects.map((template) => renderSubject(template, args, caller.claims)),
  );
}
