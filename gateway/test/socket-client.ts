import { type Client, type ClientOptions, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { GraphqlAnswer } from './federation.ts';

export interface Stream extends AsyncDisposable {
  /** The next message; rejects with what the server has ended the subscription with, or after 10 s. */
  next(): Promise<GraphqlAnswer>;
  /** Resolves with the errors that have ended it, or null when it was completed. */
  ended: Promise<unknown>;
  /** Messages that nobody has asked for yet. */
  readonly waiting: number;
}

/** What clients of subscriptions have in common; that of graphql-ws is one. */
export interface Subscribing {
  subscribe(
    payload: {
      query: string;
      variables?: Record<string, unknown> | undefined;
      extensions?: Record<string, unknown> | undefined;
    },
    sink: { next(message: unknown): void; error(error: unknown): void; complete(): void },
  ): () => void;
}

/** The real client of graphql-ws. */
export function connect(url: string, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...options,
  });
}

export function subscribe(
  client: Subscribing,
  query: string,
  variables?: Record<string, unknown>,
  extensions?: Record<string, unknown>,
): Stream {
  const messages: GraphqlAnswer[] = [];
  const waiters: PromiseWithResolvers<GraphqlAnswer>[] = [];
  const ended = Promise.withResolvers<unknown>();
  let over: { reason: unknown } | undefined;
  const end = (given: unknown) => {
    // Some clients complete what has failed.
    if (over) return;
    // A close event holds half of ws; what matters is why.
    const closed = given as { code?: number; reason?: string } | null;
    const reason =
      typeof closed?.code === 'number' ? new Error(`closed with ${closed.code}: ${closed.reason}`) : given;
    over = { reason };
    ended.resolve(reason);
    for (const waiter of waiters.splice(0)) waiter.reject(reason ?? new Error('completed'));
  };
  const unsubscribe = client.subscribe(
    { query, variables, extensions },
    {
      next(message) {
        const answer = message as GraphqlAnswer;
        const waiter = waiters.shift();
        if (waiter) waiter.resolve(answer);
        else messages.push(answer);
      },
      error: end,
      complete: () => end(null),
    },
  );
  return {
    async next() {
      const message = messages.shift();
      if (message) return message;
      if (over) throw over.reason ?? new Error('completed');
      const waiter = Promise.withResolvers<GraphqlAnswer>();
      waiters.push(waiter);
      const timer = setTimeout(() => waiter.reject(new Error('no message came within 10 s')), 10_000);
      return waiter.promise.finally(() => clearTimeout(timer));
    },
    ended: ended.promise,
    get waiting() {
      return messages.length;
    },
    async [Symbol.asyncDispose]() {
      unsubscribe();
    },
  };
}
