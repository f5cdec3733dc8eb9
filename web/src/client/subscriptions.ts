import { type Client, createClient } from 'graphql-ws';
import { endSession, session } from '../session/session.ts';
import { type Answer, dataOf } from './answer.ts';
import { noticeBudget } from './budget.ts';
import { asFailure, endOfSession, Failure } from './failure.ts';
import type { Operation } from './operation.ts';
import { ENDPOINT } from './request.ts';

export type Connection = 'idle' | 'connecting' | 'live' | 'lost';

const PING_EVERY_MS = 15_000; // 15 seconds
const PONG_WITHIN_MS = 5_000; // 5 seconds: after that the socket is taken for dead
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;

const listeners = new Set<() => void>();
let state: Connection = 'idle';
let open: { token: string | null; client: Client } | undefined;

function become(next: Connection): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

export function connection(): Connection {
  return state;
}

export function watchConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** One socket for the person of this tab, opened by the first subscription and closed after the last. */
function clientOf(token: string | null): Client {
  if (open?.token === token) return open.client;
  void open?.client.dispose();
  become('idle');
  let pongDeadline: ReturnType<typeof setTimeout> | undefined;
  const client: Client = createClient({
    url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${ENDPOINT}`,
    connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
    lazy: true,
    lazyCloseTimeout: 500, // half a second: going from one order to the next keeps the socket
    keepAlive: PING_EVERY_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    // 0.5 s, 1 s, 2 s … 15 s, each ± 50 %: a restarted gateway must not meet all its clients at once
    retryWait: (retries) =>
      new Promise((resolve) => {
        const wait = Math.min(15_000, 500 * 2 ** Math.min(retries, 10));
        setTimeout(resolve, wait * (0.5 + Math.random()));
      }),
    shouldRetry: (reason) => refusalOf(reason) === null,
    on: {
      connecting: () => current() && become(state === 'lost' ? 'lost' : 'connecting'),
      connected: () => current() && become('live'),
      closed: (event) => {
        clearTimeout(pongDeadline);
        if (!current()) return;
        become((event as CloseEvent).code === 1000 ? 'idle' : 'lost');
        const end = refusalOf(event);
        if (end !== null && token !== null && session().token === token) endSession(end);
      },
      ping: (received) => {
        if (!received) pongDeadline = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongDeadline);
      },
    },
  });
  const current = (): boolean => open?.client === client;
  open = { token, client };
  return client;
}

/** What a close of the socket says of the token: its reason begins with the gateway's code. Null: try again. */
function refusalOf(event: unknown): 'EXPIRED' | 'REFUSED' | null {
  const { code, reason } = (event ?? {}) as Partial<CloseEvent>;
  if (code !== UNAUTHORIZED && code !== FORBIDDEN) return null;
  const said = reason?.split(':')[0];
  // the issuer's keys are away: that says nothing about the token
  return said === 'KEYS_UNAVAILABLE' ? null : (endOfSession(said) ?? 'REFUSED');
}

export interface Listener<Data> {
  message(data: Data, answer: Answer<Data>): void;
  failed(failure: Failure): void;
  /** The server said that nothing more will come. */
  ended?(): void;
  /** The socket was lost and is back: what has no snapshot may have missed something. */
  resumed?(): void;
}

/** Subscribes as the person of this tab; returns how to stop. Survives lost sockets. */
export function subscribe<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  listener: Listener<Data>,
): () => void {
  const { token } = session();
  const client = clientOf(token);
  let connects = state === 'live' ? 1 : 0;
  const stopWatching = client.on('connected', () => {
    connects += 1;
    if (connects > 1) listener.resumed?.();
  });
  const stop = client.subscribe<Data>(
    { query: operation.text, variables: variables as Record<string, unknown>, operationName: operation.name },
    {
      next(message) {
        const answer = message as Answer<Data>;
        noticeBudget(answer.extensions);
        try {
          listener.message(dataOf(answer), answer);
        } catch (error) {
          fail(asFailure(error));
        }
      },
      error(error) {
        fail(subscriptionFailure(error));
      },
      complete() {
        stopWatching();
        listener.ended?.();
      },
    },
  );
  let stopped = false;
  const fail = (failure: Failure) => {
    if (stopped) return;
    const end = endOfSession(failure.code);
    if (end !== null && token !== null && session().token === token) endSession(end);
    listener.failed(failure);
  };
  return () => {
    stopped = true;
    stopWatching();
    stop();
  };
}

/** An error ends a subscription as GraphQL errors, as a close of the socket, or as a fault here. */
function subscriptionFailure(error: unknown): Failure {
  if (Array.isArray(error)) {
    try {
      dataOf({ errors: error });
    } catch (problem) {
      return asFailure(problem);
    }
  }
  const end = refusalOf(error);
  if (end !== null)
    return new Failure(end === 'EXPIRED' ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED', 'the token was refused');
  if (typeof error === 'object' && error !== null && 'code' in error)
    return new Failure('NETWORK', `the socket was closed with ${String(error.code)}`, {}, error);
  return asFailure(error);
}
