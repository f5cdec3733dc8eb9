import type { IncomingMessage } from 'node:http';
import type { Log } from '@alexandrite/telemetry/log';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Caller } from '../caller/caller.ts';
import type { Engine, Result } from '../engine/engine.ts';
import { dryRunHeader } from '../engine/frame.ts';
import type { Generation } from '../engine/generation.ts';
import { incrementalSpec } from '../engine/incremental.ts';
import type { PersistedQueries } from '../engine/persisted-queries.ts';
import { showErrors } from '../engine/shown-errors.ts';
import { isObject, type JsonObject } from '../execute/json.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import { type Answer, settledStatus } from './answer.ts';
import { type AnswerType, answerType } from './media-type.ts';

/** A request that asks for nothing that only the frame can do, as far as that can be seen before its operation is known. */
export interface DirectRequest {
  text: string;
  operationName: string | null;
  variables: JsonObject;
  type: AnswerType;
  /** A GET must change nothing. */
  readOnly: boolean;
  /** Whether the client would take an answer in parts, which is the frame's. */
  takesParts: boolean;
}

/** Why the frame is to answer after all; with a refusal, it need not look for one again. */
export interface ForFrame {
  refused?: unknown;
}

export interface DirectWayOptions {
  engine: Engine;
  generation: () => Generation;
  persisted: PersistedQueries;
  log: Log;
}

const noVariables: JsonObject = {};

/**
 * From a request to its answer without Apollo Server. Whatever is unusual about a request is the frame's, and so are
 * operations that are refused; what both can do they do alike, to the byte.
 */
export class DirectWay {
  readonly #options: DirectWayOptions;

  constructor(options: DirectWayOptions) {
    this.#options = options;
  }

  /** `body` is what was posted; it is not looked at otherwise. Null: take the frame's way. */
  find(request: IncomingMessage, body: unknown): DirectRequest | null {
    const { headers, method } = request;
    const type = answerType(headers.accept);
    if (type === null || headers[dryRunHeader] === 'true') return null;
    const readOnly = method !== 'POST';
    const asked = readOnly ? askedByGet(request) : isObject(body) && body;
    if (!asked) return null;
    return this.#read(asked, { type, readOnly, takesParts: incrementalSpec(headers.accept) !== null });
  }

  #read(
    asked: JsonObject,
    how: Pick<DirectRequest, 'type' | 'readOnly' | 'takesParts'>,
  ): DirectRequest | null {
    const { operationName = null, variables, extensions } = asked;
    if (operationName !== null && typeof operationName !== 'string') return null;
    if (variables !== undefined && variables !== null && !isObject(variables)) return null;
    if (extensions !== undefined && extensions !== null && !isObject(extensions)) return null;
    if (extensions?.dryRun === true) return null;
    const text = extensions?.persistedQuery ? this.#persisted(asked.query, extensions) : asked.query;
    return typeof text === 'string'
      ? { text, operationName, variables: variables ?? noVariables, ...how }
      : null;
  }

  /** Only the frame compares a text with its hash. */
  #persisted(query: unknown, { persistedQuery }: JsonObject): string | undefined {
    if ((query !== undefined && query !== null) || !isObject(persistedQuery)) return undefined;
    const { version, sha256Hash } = persistedQuery;
    return version === 1 && typeof sha256Hash === 'string'
      ? this.#options.persisted.known(sha256Hash)
      : undefined;
  }

  /** Compiles what is not known yet. What the frame is to answer has not been begun. */
  async answer(request: DirectRequest, caller: Caller): Promise<Answer | ForFrame> {
    const { text, operationName } = request;
    const generation = this.#options.generation();
    generation.retain();
    try {
      let compiled = generation.known(text, operationName);
      if (compiled === null) {
        try {
          compiled = await generation.compileText(text, operationName);
        } catch (error) {
          return { refused: error };
        }
      }
      return isForFrame(compiled, request) ? {} : await this.#run(generation, compiled, request, caller);
    } finally {
      generation.release();
    }
  }

  async #run(
    generation: Generation,
    compiled: CompiledOperation,
    { variables, type }: DirectRequest,
    caller: Caller,
  ): Promise<Answer> {
    let result: Result<string>;
    try {
      result = await this.#options.engine.executeToJson(generation, compiled, variables, caller);
    } catch (error) {
      if (Array.isArray(error)) return this.#refuse({ errors: error as GraphQLError[] }, 400, caller, type);
      return this.#refuse({ errors: [asGraphqlError(error)] }, 500, caller, type);
    }
    if (result.errors) return this.#refuse(result, result.data === undefined ? 400 : 200, caller, type);
    return { status: 200, type, headers: undefined, text: textOf(undefined, result) };
  }

  /** Also of a part: there may be data. `status` is that of errors that name none. */
  async #refuse(result: Result<string>, status: number, caller: Caller, type: AnswerType): Promise<Answer> {
    const { engine, log } = this.#options;
    const shown = showErrors(result.errors ?? [], log);
    const cost = result.extensions?.cost ? undefined : await engine.costOfNothing(caller);
    const told = cost ? { ...result, extensions: { ...result.extensions, cost } } : result;
    return {
      status: settledStatus(shown.status ?? status, type, shown.errors),
      type,
      headers: shown.headers,
      text: textOf(shown.errors, told),
    };
  }
}

function isForFrame({ kind, defers }: CompiledOperation, { readOnly, takesParts }: DirectRequest): boolean {
  return kind === 'subscription' || (readOnly && kind !== 'query') || (takesParts && defers);
}

/** In the order in which the frame writes them. */
function textOf(
  errors: readonly GraphQLFormattedError[] | undefined,
  { data, extensions }: Result<string>,
): string {
  let text = '{';
  if (errors) text += `"errors":${JSON.stringify(errors)}`;
  if (data !== undefined) text += `${errors ? ',' : ''}"data":${data}`;
  if (extensions) text += `,"extensions":${JSON.stringify(extensions)}`;
  return `${text}}`;
}

function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return error instanceof Error
    ? new GraphQLError(error.message, { originalError: error })
    : new GraphQLError(`Unexpected error value: ${String(error)}`);
}

function askedByGet({ headers, method, url = '' }: IncomingMessage): JsonObject | null {
  return method === 'GET' && headers['content-type'] === undefined ? fromSearch(url) : null;
}

/** The parameters of a GET; null when the frame has something to say about them. */
function fromSearch(url: string): JsonObject | null {
  const question = url.indexOf('?');
  if (question < 0) return null;
  const parameters = new URLSearchParams(url.slice(question));
  const asked: JsonObject = {};
  for (const [name, value] of parameters) {
    if (Object.hasOwn(asked, name)) return null;
    if (name === 'query' || name === 'operationName') asked[name] = value;
    else if (name === 'variables' || name === 'extensions') {
      try {
        asked[name] = JSON.parse(value);
      } catch {
        return null;
      }
      if (!isObject(asked[name])) return null;
    }
  }
  return asked;
}
