import type { Bus } from '@alexandrite/bus';
import type { Log } from '@alexandrite/telemetry/log';
import { GraphQLError } from 'graphql';
import type { Engine } from '../engine/engine.ts';
import type { Generation } from '../engine/generation.ts';
import { gatewayError } from '../errors.ts';
import type { JsonObject } from '../execute/json.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import type { CompiledSubscription } from './compile.ts';
import type { Origin } from './event-source.ts';
import type { Feed, FeedGround } from './feed.ts';
import { matchOf } from './match-of.ts';
import { originOf } from './origin-of.ts';

interface Move {
  /** False once there is a generation still newer, whose move it is then. */
  isCurrent(): boolean;
  compile(operation: CompiledOperation, values: JsonObject): Promise<CompiledSubscription>;
  bus: Bus | undefined;
  engine: Engine;
  log: Log;
}

/**
 * Running subscriptions go on with a new supergraph, each from one event to the next, and nobody misses any; those that
 * do not fit it any more are ended with a code. Call it in the turn in which the generation was installed.
 */
export function moveFeeds(feeds: Iterable<Feed>, generation: Generation, move: Move): void {
  generation.retain();
  moveEach([...feeds], generation, move).finally(() => generation.release());
}

async function moveEach(feeds: readonly Feed[], generation: Generation, move: Move): Promise<void> {
  for (const feed of feeds) {
    await generation.turns.next();
    if (!move.isCurrent()) return;
    if (feed.closed || feed.ground.generation === generation) continue;
    try {
      const found = await find(feed, generation, move);
      if (!found) continue;
      const { ground, origin } = found;
      if (origin.key === feed.origin.key) feed.moveTo(ground);
      // What cannot be resumed anyway may as well come from elsewhere.
      else if (!origin.resumable && !feed.origin.resumable) feed.moveAway(ground, origin);
      else throw new GraphQLError('Its events come from elsewhere now.');
    } catch (error) {
      const reason: unknown = Array.isArray(error) ? error[0] : error;
      if (reason instanceof GraphQLError) feed.end([outdated(reason.message)]);
      else move.log.error({ err: error }, 'a subscription stays with the supergraph before');
    }
  }
}

/** Null when nobody listens any more. Rejects with GraphQLErrors when the subscription does not fit the generation. */
async function find(
  { options, ground: before, caller }: Feed,
  generation: Generation,
  { compile, bus, engine }: Move,
): Promise<{ ground: FeedGround; origin: Origin } | null> {
  if (!caller) return null;
  const { variables } = before.execution;
  const whole = await generation.compileText(options.text, options.operationName);
  const operation = whole.for(caller.claims);
  const coerced = operation.coerce(variables);
  if ('errors' in coerced) throw coerced.errors;
  const { values } = coerced;
  const compiled = await compile(operation, values);
  if (compiled.field.position !== before.compiled.field.position) {
    throw new GraphQLError('Its messages are counted in another way now.');
  }
  const args = compiled.arguments(values);
  const ground = {
    generation,
    compiled,
    execution: { compiled: operation, variables, values },
    matches: matchOf(compiled, args, caller),
  };
  return { ground, origin: originOf({ generation, compiled, variables, args, caller }, bus, engine) };
}

function outdated(why: string): GraphQLError {
  return gatewayError(
    'SUBSCRIPTION_OUTDATED',
    `The graph has changed, and this subscription does not fit it. ${why}`,
  );
}
