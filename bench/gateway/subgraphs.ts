/**
 * The four subgraphs in one process: `node subgraphs.ts <where to write the supergraph>`. An answer is computed once per
 * request body and served as bytes from then on, so that the gateway before them is what is measured.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { type GraphQLSchema, graphql, isObjectType, parse } from 'graphql';
import { resolvers, type Subgraph, subgraphs } from './graph.ts';

const KEPT_ANSWERS = 10_000;
const [target] = process.argv.slice(2);
if (!target) throw new Error('expected the file to write the supergraph to');

function schemaOf({ sdl }: Subgraph): GraphQLSchema {
  const bare = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
  const own: Record<string, Record<string, unknown>> = {};
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = bare.getType(typeName);
    if (!isObjectType(type)) continue;
    const names = Object.keys(type.getFields());
    const entries = Object.entries(fields).filter(([name]) => names.includes(name));
    own[typeName] = Object.fromEntries(entries);
    if (typeName === 'User' || typeName === 'Product')
      own[typeName].__resolveReference = (representation: unknown) => representation;
  }
  // What inventory requires comes with the representation, from whoever asks.
  if (names(bare, 'Product').includes('shippingEstimate')) {
    delete own.Product?.price;
    delete own.Product?.weight;
  }
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: own as GraphQLResolverMap<unknown> }]);
}

function names(schema: GraphQLSchema, typeName: string): string[] {
  const type = schema.getType(typeName);
  return isObjectType(type) ? Object.keys(type.getFields()) : [];
}

async function serve(subgraph: Subgraph): Promise<string> {
  const schema = schemaOf(subgraph);
  const answers = new Map<string, Buffer>();
  const server = createServer((request, response) => {
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
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const urls = Object.fromEntries(
  await Promise.all(subgraphs.map(async (subgraph) => [subgraph.name, await serve(subgraph)] as const)),
);
const { supergraphSdl, errors } = composeServices(
  subgraphs.map(({ name, sdl }) => ({ name, url: urls[name], typeDefs: parse(sdl) })),
);
if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'));
writeFileSync(target, supergraphSdl);
console.log(`READY ${JSON.stringify(urls)}`);
