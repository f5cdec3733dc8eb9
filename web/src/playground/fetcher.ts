import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from '@graphiql/toolkit';
import { type DocumentNode, Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { ENDPOINT } from '../client/request.ts';
import { planRun } from './query-plan.ts';

export interface PlaygroundFetcher extends Disposable {
  fetcher: Fetcher;
}

/** Asks as the bearer of a token: queries and mutations over HTTP, subscriptions over graphql-transport-ws. */
export function createFetcher(token: string | null): PlaygroundFetcher {
  const authorization = token === null ? undefined : `Bearer ${token}`;
  const identity: Record<string, string> = authorization === undefined ? {} : { authorization };
  const socket = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${ENDPOINT}`,
    connectionParams: identity,
    lazy: true,
  });
  const send = createGraphiQLFetcher({ url: ENDPOINT, headers: identity, wsClient: socket });
  return {
    fetcher: (params, options) => {
      const document = parsed(params.query);
      if (document === null) return send(params, options);
      const known = withKnownOperation(params, document);
      // The editor asks for the schema by itself; that is no run of anybody's.
      if (known.operationName !== 'IntrospectionQuery') planRun(known, identity);
      return send(known, { ...options, documentAST: document });
    },
    [Symbol.dispose]: () => void socket.dispose(),
  };
}

/** What the editor knows of a document lags behind its text: whoever changes tabs and runs at once meets the old one. */
function withKnownOperation(params: FetcherParams, document: DocumentNode): FetcherParams {
  const names = document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? [node.name?.value ?? null] : [],
  );
  if (names.includes(params.operationName ?? null) || names.length !== 1) return params;
  return { ...params, operationName: names[0] };
}

function parsed(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null; // no GraphQL yet: the platform says what is wrong with it
  }
}
