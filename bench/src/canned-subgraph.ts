import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GraphQLSchema, graphql } from 'graphql';

const KEPT_ANSWERS = 10_000;

/** A subgraph over HTTP that computes each answer once per request body and serves bytes from then on. */
export interface CannedSubgraph {
  url: string;
  server: Server;
  /** Requests so far. */
  requests: number;
}

/** So fast that whoever stands before it is what is measured. */
export async function serveCanned(schema: GraphQLSchema): Promise<CannedSubgraph> {
  const answers = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    subgraph.requests += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString();
      const answer = answers.get(body) ?? (await compute(body));
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
        .end(answer);
    });
  });
  async function compute(body: string): Promise<Buffer> {
    const { query, variables, operationName } = JSON.parse(body);
    const result = await graphql({ schema, source: query, variableValues: variables, operationName });
    const answer = Buffer.from(JSON.stringify(result));
    if (answers.size < KEPT_ANSWERS) answers.set(body, answer);
    return answer;
  }
  server.keepAliveTimeout = 60_000; // a minute: nobody's connection is to be closed in the middle
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const subgraph: CannedSubgraph = { url, server, requests: 0 };
  return subgraph;
}
