import { setTimeout } from 'node:timers/promises';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import {
  createRequest,
  fetchExchange,
  type OperationResult,
  subscriptionExchange,
  Client as UrqlClient,
} from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { map } from 'rxjs';
import { onEnd, pipe, subscribe as watch } from 'wonka';
import { WebSocket } from 'ws';
import type { Subscribing } from './socket-client.ts';

/** One of the clients that people use, with as few lines around it as one writes who loses nothing. */
export interface RealClient extends Subscribing, AsyncDisposable {}

export interface ClientKind {
  name: string;
  /** Whether it connects again by itself. */
  reconnects: boolean;
  open(url: string, options?: { authorization?: string; retries?: number }): RealClient;
}

type Options = NonNullable<Parameters<ClientKind['open']>[1]>;
type Payload = Parameters<Subscribing['subscribe']>[0];
type Sink = Parameters<Subscribing['subscribe']>[1];
interface Result {
  extensions?: unknown;
}

const soon = async () => {
  await setTimeout(20);
};
const cursorOf = ({ extensions }: Result) => (extensions as { cursor?: unknown } | undefined)?.cursor;

/** Keeps the newest cursor in the payload, which clients send again when they connect again: all it takes to resume. */
function resuming<T extends Payload>(payload: T, sink: Sink): { payload: T; sink: Sink } {
  const extensions: Record<string, unknown> = { ...payload.extensions };
  return {
    payload: { ...payload, extensions },
    sink: {
      next(message) {
        extensions.resumeFrom = cursorOf(message as Result) ?? extensions.resumeFrom;
        sink.next(message);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    },
  };
}

function overSocket(url: string, { authorization, retries = 0 }: Options) {
  return createWsClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: retries,
    retryWait: soon,
    // It takes a connection that cannot be made for fatal unless told otherwise.
    shouldRetry: () => true,
    ...(authorization === undefined ? {} : { connectionParams: { authorization } }),
  });
}

function overEvents(url: string, { authorization, retries = 0 }: Options) {
  return createSseClient({
    url: `${url}/graphql`,
    retryAttempts: retries,
    retry: soon,
    headers: headersWith(authorization),
  });
}

function headersWith(authorization: string | undefined): Record<string, string> {
  return authorization === undefined ? {} : { authorization };
}

function plain(client: Subscribing & { dispose(): void | Promise<void> }): RealClient {
  return {
    subscribe(given, listener) {
      const { payload, sink } = resuming(given, listener);
      return client.subscribe(payload, sink);
    },
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}

function apollo(link: ApolloLink, close: () => unknown): RealClient {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return {
    subscribe({ query, variables, extensions = {} }, sink) {
      const subscription = client
        .subscribe({
          query: gql(query),
          variables: variables ?? {},
          extensions,
          fetchPolicy: 'no-cache',
          errorPolicy: 'all',
        })
        .subscribe({
          // Whatever is wrong, also with the network, is a result to it.
          next: ({ data, error, extensions }) => {
            if (data) sink.next({ data, ...(error && { errors: error }), ...(extensions && { extensions }) });
            else sink.error(error);
          },
          error: (error) => sink.error(error),
          complete: () => sink.complete(),
        });
      return () => subscription.unsubscribe();
    },
    async [Symbol.asyncDispose]() {
      client.stop();
      await close();
    },
  };
}

/** Stands between whatever tries again and the link that sends. */
const resume = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      operation.extensions.resumeFrom = cursorOf(result) ?? operation.extensions.resumeFrom;
      return result;
    }),
  ),
);

function apolloOverHttp(url: string, { authorization, retries = 0 }: Options): ApolloLink {
  return ApolloLink.from([
    new RetryLink({ delay: { initial: 20, max: 40 }, attempts: { max: retries + 1 } }),
    resume,
    new HttpLink({ uri: `${url}/graphql`, headers: headersWith(authorization) }),
  ]);
}

/** `given` is what carries its subscriptions; without it they are streams that it fetches itself. */
function urql(
  url: string,
  given: (Subscribing & { dispose(): void | Promise<void> }) | undefined,
  options: Options,
): RealClient {
  const client = new UrqlClient({
    url: `${url}/graphql`,
    preferGetMethod: false,
    fetchOptions: { headers: headersWith(options.authorization) },
    fetchSubscriptions: !given,
    exchanges: given
      ? [
          subscriptionExchange({
            forwardSubscription: ({ query = '', variables, extensions }) => ({
              subscribe(listener) {
                const sent = { query, variables: (variables ?? {}) as Record<string, unknown>, extensions };
                const { payload, sink } = resuming(sent, {
                  next: (message) => listener.next(message as never),
                  error: (error) => listener.error(error),
                  complete: () => listener.complete(),
                });
                return { unsubscribe: given.subscribe(payload, sink) };
              },
            }),
          }),
        ]
      : [fetchExchange],
  });
  return {
    subscribe({ query, variables }, sink) {
      let left = false;
      const { unsubscribe } = pipe(
        client.executeSubscription(createRequest(query, variables ?? {})),
        onEnd(() => {
          if (!left) sink.complete();
        }),
        watch((result: OperationResult) => {
          const { data, error, extensions } = result;
          if (data) sink.next({ data, ...(error && { errors: error }), ...(extensions && { extensions }) });
          else if (error) sink.error(error);
        }),
      );
      return () => {
        left = true;
        unsubscribe();
      };
    },
    [Symbol.asyncDispose]: async () => given?.dispose(),
  };
}

export const clientKinds: readonly ClientKind[] = [
  {
    name: 'graphql-ws',
    reconnects: true,
    open: (url, options = {}) => plain(overSocket(url, options) as never),
  },
  {
    name: 'graphql-sse',
    reconnects: true,
    open: (url, options = {}) => plain(overEvents(url, options) as never),
  },
  {
    name: 'Apollo Client over graphql-ws',
    reconnects: true,
    open(url, options = {}) {
      const client = overSocket(url, options);
      return apollo(resume.concat(new GraphQLWsLink(client)), () => client.dispose());
    },
  },
  {
    name: 'Apollo Client over multipart HTTP',
    reconnects: true,
    open: (url, options = {}) => apollo(apolloOverHttp(url, options), () => undefined),
  },
  {
    name: 'urql over graphql-ws',
    reconnects: true,
    open: (url, options = {}) => urql(url, overSocket(url, options) as never, options),
  },
  {
    name: 'urql over graphql-sse',
    reconnects: true,
    open: (url, options = {}) => urql(url, overEvents(url, options) as never, options),
  },
  {
    name: 'urql over fetch',
    reconnects: false,
    open: (url, options = {}) => urql(url, undefined, options),
  },
];
