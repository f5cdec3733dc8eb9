import { endSession, session } from '../session/session.ts';
import { type Answer, dataOf } from './answer.ts';
import { noticeBudget } from './budget.ts';
import { endOfSession, Failure } from './failure.ts';
import type { Operation } from './operation.ts';

export const ENDPOINT = '/graphql';
const TIMEOUT_MS = 30_000; // 30 seconds: longer than any wait of the gateway

export interface RequestOptions {
  signal?: AbortSignal;
  /** `extensions` of the request, for example `{ dryRun: true }`. */
  extensions?: Record<string, unknown>;
}

/** Sends a query or mutation as the person of this tab; throws a `Failure`. */
export async function request<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  options: RequestOptions = {},
): Promise<Data> {
  return dataOf(await send<Data>({ query: operation.text, variables: variables as object }, options));
}

/** The same for any text, with the whole answer: errors and extensions are the caller's to read. */
export async function send<Data>(
  question: { query: string; variables?: object },
  options: RequestOptions = {},
): Promise<Answer<Data>> {
  const { token } = session();
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  let answer: Answer<Data>;
  try {
    response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ ...question, extensions: options.extensions }),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    });
    const text = await response.text();
    try {
      answer = JSON.parse(text) as Answer<Data>;
    } catch (cause) {
      throw new Failure('BAD_ANSWER', `expected JSON, got status ${response.status}`, {}, cause);
    }
  } catch (cause) {
    if (cause instanceof Failure || options.signal?.aborted) throw cause;
    if (timeout.aborted) throw new Failure('TIMEOUT', `no answer within ${TIMEOUT_MS} ms`, {}, cause);
    throw new Failure('NETWORK', 'the platform cannot be reached', {}, cause);
  }
  // Only when it is still this token that the tab uses: a late refusal must not end a new session.
  const [end] = answer.errors?.flatMap((problem) => endOfSession(problem.extensions?.code) ?? []) ?? [];
  if (end !== undefined && token !== null && session().token === token) endSession(end);
  if (session().token === token) noticeBudget(answer.extensions);
  return answer;
}
