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

/** A request whose operation is compiled already, and that asks for nothing that only the frame can do. */
export interface DirectRequest {
  generation: Generation;
  compiled: CompiledOperation;
  variables: JsonObject;
  type: AnswerType;
}

export interface DirectWayOptions {
  engine: Engine;
  generation: () => Generation;
  persisted: PersistedQueries;
  log: Log;
}

const noVariables: JsonObject = {};

/**
 * From a request to its answer without Apollo Server, for operations that it has seen before. Whatever is unusual about a
 * request is the frame's; what both can do they do alike, to the byte.
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
    const found = method === 'POST' ? isObject(body) && this.#known(body, type) : this.#byGet(request, type);
    if (!found) return null;
    // An answer in parts is the frame's.
    return found.compiled.defers && incrementalSpec(headers.accept) !== null ? null : found;
  }

  #byGet({ headers, method, url = '' }: IncomingMessage, type: AnswerType): DirectRequest | null {
    if (method !== 'GET' || headers['content-type'] !== undefined) return null;
    const asked = fromSearch(url);
    const found = asked && this.#known(asked, type);
    return found?.compiled.kind === 'query' ? found : null;
  }

  #known(asked: JsonObject, type: AnswerType): DirectRequest | null {
    const { operationName = null, variables, extensions } = asked;
    if (operationName !== null && typeof operationName !== 'string') return null;
    if (variables !== undefined && variables !== null && !isObject(variables)) return null;
    if (extensions !== undefined && extensions !== null && !isObject(extensions)) return null;
    if (extensions?.dryRun === true) return null;
    const text = extensions?.persistedQuery ? this.#persisted(asked.query, extensions) : asked.query;
    if (typeof text !== 'string') return null;
    const generation = this.#options.generation();
    const compiled = generation.known(text, operationName);
    if (compiled === null || compiled.kind === 'subscription') return null;
    return { generation, compiled, variables: variables ?? noVariables, type };
  }

  /** Only the frame compares a text with its hash. */
  #persisted(query: unknown, { persistedQuery }: JsonObject): string | undefined {
    if ((query !== undefined && query !== null) || !isObject(persistedQuery)) return undefined;
    const { version, sha256Hash } = persistedQuery;
    return version === 1 && typeof sha256Hash === 'string'
      ? this.#options.persisted.known(sha256Hash)
      : undefined;
  }

  /** Call in the turn in which the request was found. */
  async answer({ generation, compiled, variables, type }: DirectRequest, caller: Caller): Promise<Answer> {
    let result: Result<string>;
    generation.retain();
    try {
      result = await this.#options.engine.executeToJson(generation, compiled, variables, caller);
    } catch (error) {
      if (Array.isArray(error)) return this.#refuse({ errors: error as GraphQLError[] }, 400, caller, type);
      return this.#refuse({ errors: [asGraphqlError(error)] }, 500, caller, type);
    } finally {
      generation.release();
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
