import type { Bus } from '@alexandrite/bus';
import type { Caller } from '../caller/caller.ts';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import { gatewayError } from '../errors.ts';
import type { JsonObject } from '../execute/json.ts';
import { bodyOf } from '../execute/request.ts';
import { SubgraphSource } from '../subgraph-events/subgraph-source.ts';
import { busOrigin } from './bus-origin.ts';
import type { CompiledSubscription } from './compile.ts';
import type { Origin } from './event-source.ts';
import { renderSubject } from './subject-template.ts';

/** What a subscription is found out to be for one caller. */
export interface Asked {
  generation: Generation;
  compiled: CompiledSubscription;
  /** As the client has sent them. */
  variables: JsonObject;
  args: Readonly<Record<string, unknown>>;
  caller: Caller;
}

/** Where the events of a subscription come from. Throws a GraphQLError when there is nothing. */
export function originOf(asked: Asked, bus: Bus | undefined, engine: Engine): Origin {
  const { compiled, args, caller } = asked;
  if (compiled.upstream) return subgraphOrigin(asked, compiled.upstream, engine);
  if (!bus) throw gatewayError('EVENTS_UNAVAILABLE', 'This gateway has no bus.');
  return busOrigin(
    bus,
    compiled.field.subjects.map((template) => renderSubject(template, args, caller.claims)),
    compiled.field.streamName ?? undefined,
  );
}

function subgraphOrigin(
  { generation, compiled, variables, caller: who }: Asked,
  { subgraph, request }: NonNullable<CompiledSubscription['upstream']>,
  engine: Engine,
): Origin {
  const field = compiled.field.name;
  const events = generation.eventsOf(subgraph);
  if (!events) {
    throw gatewayError('EVENTS_UNAVAILABLE', `There is no source of events for Subscription.${field}.`);
  }
  const body = bodyOf(request, variables, '');
  const credentials = audienceOf(who);
  return {
    key: `${events.key} ${body}`,
    name: `${subgraph} ${field}`,
    resumable: false,
    open: (after = 0, caller) =>
      SubgraphSource.open({
        subgraph,
        field,
        after,
        open: events.open,
        giveUpAfterMs: events.giveUpAfterMs,
        async request() {
          // Whoever opens a feed joins it in the same turn.
          await null;
          const freshest = caller();
          return freshest ? { body, credentials, headers: engine.headersFor(freshest) } : null;
        },
      }),
  };
}

/** What tells one token of somebody from the next. */
const ofTokenOnly = new Set(['iat', 'exp', 'nbf', 'jti']);

/** Everything that subgraphs learn of a caller. */
export function audienceOf({ claims, forwarded }: Caller): string {
  const lasting = claims && Object.entries(claims).filter(([name]) => !ofTokenOnly.has(name));
  lasting?.sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([lasting, forwarded]);
}
