import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';

export interface SubgraphRequestSeen {
  query: string;
  variables: Record<string, unknown>;
  headers: IncomingHttpHeaders;
}

/** A real subgraph over HTTP on a free port, for tests: it remembers what it was asked. */
export interface TestSubgraph extends AsyncDisposable {
  name: string;
  sdl: string;
  url: string;
  seen: SubgraphRequestSeen[];
  /** Answers before GraphQL does; return undefined to let it. */
  intercept?:
    | ((request: SubgraphRequestSeen) => Promise<{ status: number; body: string } | undefined>)
    | undefined;
}

export interface SubgraphDefinition {
  name: string;
  sdl: string;
  resolvers: GraphQLResolverMap<unknown>;
}

export async function startSubgraph({ name, sdl, resolvers }: SubgraphDefinition): Promise<TestSubgraph> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { query, variables, operationName } = JSON.parse(Buffer.concat(chunks).toString());
    const seen = { query, variables: variables ?? {}, headers: request.headers };
    subgraph.seen.push(seen);
    const intercepted = await subgraph.intercept?.(seen);
    const body =
      intercepted?.body ??
      JSON.stringify(
        await graphql({
          schema,
          source: query,
          variableValues: variables,
          operationName,
          contextValue: seen,
        }),
      );
    if (response.destroyed) return;
    response.writeHead(intercepted?.status ?? 200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const subgraph: TestSubgraph = {
    name,
    sdl,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    seen: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return subgraph;
}
