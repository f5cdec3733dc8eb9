import { GraphQLError } from 'graphql';
import type { Caller } from '../caller/caller.ts';
import { gatewayError } from '../errors.ts';
import { isObject, type JsonObject } from '../execute/json.ts';
import { Message } from '../subscriptions/message.ts';
import type { Sink, Subscription } from '../subscriptions/subscriber.ts';
import type { Subscriptions } from '../subscriptions/subscriptions.ts';
import type { DeferredOperations } from './deferred-operations.ts';
import type { Engine } from './engine.ts';
import type { Generation } from './generation.ts';
import { sendParts } from './send-parts.ts';

/** An operation as a client sends it. */
export interface OperationRequest {
  query: string;
  operationName: string | null;
  variables: JsonObject;
  extensions: JsonObject;
  /** Whether it came by a method that must change nothing. */
  readOnly: boolean;
  /** Whether a query may be answered in parts. */
  takesParts: boolean;
}

/** Throws a GraphQLError that says what is missing or of the wrong kind. */
export function readOperationRequest(payload: unknown): OperationRequest {
  const { query, operationName, variables, extensions } = isObject(payload) ? payload : {};
  const refuse = (what: string) =>
    new GraphQLError(what, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
  if (typeof query !== 'string' || query === '') throw refuse('Expected `query` to be a GraphQL document.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw refuse('Expected `operationName` to be a text.');
  }
  if (variables !== undefined && variables !== null && !isObject(variables)) {
    throw refuse('Expected `variables` to be an object.');
  }
  if (extensions !== undefined && extensions !== null && !isObject(extensions)) {
    throw refuse('Expected `extensions` to be an object.');
  }
  return {
    query,
    operationName: operationName ?? null,
    variables: variables ?? {},
    extensions: extensions ?? {},
    readOnly: false,
    takesParts: true,
  };
}

/** Operations that come over a transport of messages: one result for a query, or its parts, any number for a subscription. */
export class Operations {
  readonly #engine: Engine;
  readonly #deferred: DeferredOperations;
  readonly #subscriptions: Subscriptions;
  readonly #generation: () => Generation;

  constructor(
    engine: Engine,
    deferred: DeferredOperations,
    subscriptions: Subscriptions,
    generation: () => Generation,
  ) {
    this.#engine = engine;
    this.#deferred = deferred;
    this.#subscriptions = subscriptions;
    this.#generation = generation;
  }

  /** See `Subscriptions.acknowledge`. */
  acknowledge(caller: Pick<Caller, 'claims'>, what: JsonObject): Promise<void> {
    return this.#subscriptions.acknowledge(caller, what);
  }

  /**
   * Runs a query or a mutation, or begins a subscription. What the client shall see, errors too, goes to the sink;
   * `onBegun` gives the handle of what has several results. Rejects only with what is a fault of ours.
   */
  async run(
    request: OperationRequest,
    caller: Caller,
    sink: Sink,
    onBegun: (begun: Subscription) => void,
  ): Promise<void> {
    const generation = this.#generation();
    generation.retain();
    try {
      // A socket lives longer than the token it was opened with.
      if (caller.claims && caller.claims.exp * 1_000 <= Date.now()) {
        throw gatewayError('TOKEN_EXPIRED', 'The token has expired.');
      }
      const compiled = await generation.compileText(request.query, request.operationName);
      if (compiled.kind === 'mutation' && request.readOnly) {
        throw new GraphQLError('GET runs no mutations.', {
          extensions: { code: 'BAD_REQUEST', http: { status: 405 } },
        });
      }
      const dryRun = request.extensions.dryRun === true;
      if (compiled.kind === 'subscription' && !dryRun) {
        await this.#subscriptions.subscribe(
          {
            generation,
            operation: compiled,
            text: request.query,
            operationName: request.operationName,
            variables: request.variables,
            caller,
            resumeFrom: request.extensions.resumeFrom ?? undefined,
            maxRate: request.extensions.maxRate,
            durable: request.extensions.durable ?? undefined,
            notices: request.extensions.notices === true,
            sink,
          },
          onBegun,
        );
        return;
      }
      const inParts = compiled.defers && request.takesParts && !dryRun;
      const answer = inParts
        ? await this.#deferred.execute(generation, compiled, request.variables, caller)
        : { single: await this.#engine.execute(generation, compiled, request.variables, caller, { dryRun }) };
      if ('parts' in answer) {
        await sendParts(answer.parts, sink, onBegun);
        return;
      }
      const result = answer.single;
      if (result.data === undefined && result.errors) throw result.errors;
      sink.write(new Message(result).json(), undefined);
      sink.end(null);
    } catch (error) {
      const errors = shown(error);
      if (errors) {
        sink.end(this.#engine.show(errors));
        return;
      }
      sink.end([gatewayError('INTERNAL_SERVER_ERROR', 'Something went wrong here.')]);
      throw error;
    } finally {
      generation.release();
    }
  }
}

/** Null when the error is none that was meant for the client. */
function shown(error: unknown): readonly GraphQLError[] | null {
  if (error instanceof GraphQLError) return [error];
  if (Array.isArray(error) && error.every((item) => item instanceof GraphQLError)) return error;
  return null;
}
