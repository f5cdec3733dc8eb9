import { errors, Pool } from 'undici';
import { isObject, type JsonObject } from '../execute/json.ts';
import {
  type SubgraphAnswer,
  type SubgraphAnswerError,
  SubgraphError,
  type SubgraphRequest,
} from './subgraph.ts';

export interface ClientOptions {
  timeoutMs: number;
  connections: number;
  maxResponseBytes: number;
}

/** Speaks to one subgraph over connections that are kept open. */
export class SubgraphClient implements AsyncDisposable {
  readonly url: string;
  readonly #name: string;
  readonly #path: string;
  readonly #pool: Pool;
  readonly #timeoutMs: number;

  constructor(name: string, url: string, options: ClientOptions) {
    const { origin, pathname, search } = new URL(url);
    this.url = url;
    this.#name = name;
    this.#path = pathname + search;
    this.#timeoutMs = options.timeoutMs;
    this.#pool = new Pool(origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: 4_000, // 4 seconds: below the 5 after which Node's servers hang up
      connectTimeout: Math.min(options.timeoutMs, 10_000),
      // The deadline of the whole request is ours, see below.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: options.maxResponseBytes,
    });
  }

  async send({ body, headers, signal }: SubgraphRequest): Promise<SubgraphAnswer> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(timedOut), this.#timeoutMs);
    const onAbort = () => deadline.abort(gone);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const response = await this.#pool.request({
        method: 'POST',
        path: this.#path,
        headers,
        body,
        signal: deadline.signal,
      });
      return this.#read(response.statusCode, await response.body.text());
    } catch (cause) {
      throw cause instanceof SubgraphError ? cause : this.#failed(cause, deadline.signal.reason);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #read(status: number, text: string): SubgraphAnswer {
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw this.#badAnswer(status, cause);
    }
    if (!isObject(answer) || (answer.data === undefined && !Array.isArray(answer.errors))) {
      throw this.#badAnswer(status);
    }
    return {
      data: isObject(answer.data) ? answer.data : null,
      errors: Array.isArray(answer.errors) ? answer.errors.map(readError) : [],
    };
  }

  #badAnswer(status: number, cause?: unknown): SubgraphError {
    return new SubgraphError(
      'SUBGRAPH_BAD_ANSWER',
      `Expected a GraphQL response of the subgraph "${this.#name}", got something else with status ${status}.`,
      { cause },
    );
  }

  #failed(cause: unknown, reason: unknown): SubgraphError {
    if (reason === timedOut) {
      const waited = `${this.#timeoutMs} ms`;
      return new SubgraphError(
        'SUBGRAPH_TIMEOUT',
        `The subgraph "${this.#name}" did not answer within ${waited}.`,
        {
          cause,
        },
      );
    }
    if (reason === gone)
      return new SubgraphError('ABORTED', 'Nobody waits for the answer any more.', { cause });
    if (cause instanceof errors.ResponseExceededMaxSizeError) {
      return new SubgraphError('SUBGRAPH_BAD_ANSWER', `The subgraph "${this.#name}" answered too much.`, {
        cause,
      });
    }
    return new SubgraphError('SUBGRAPH_UNAVAILABLE', `The subgraph "${this.#name}" cannot be reached.`, {
      cause,
    });
  }

  /** Waits for what is in flight. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool.close();
  }
}

const timedOut = Symbol('timed out');
const gone = Symbol('gone');

function readError(error: unknown): SubgraphAnswerError {
  const given: JsonObject = isObject(error) ? error : {};
  const { message, path, extensions } = given;
  return {
    message: typeof message === 'string' && message !== '' ? message : 'The subgraph answered with an error.',
    path: Array.isArray(path)
      ? path.filter((step): step is string | number => typeof step === 'string' || typeof step === 'number')
      : undefined,
    extensions: isObject(extensions) ? extensions : {},
  };
}
