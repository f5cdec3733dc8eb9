/**
 * The four subgraphs in one process: `node subgraphs.ts <where to write the supergraph>`. An answer is computed once per
 * request body and served as bytes from then on, so that the gateway before them is what is measured.
 */
import { writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { type GraphQLSchema, isObjectType, parse } from 'graphql';
import { serveCanned } from '../src/canned-subgraph.ts';
import { resolvers, type Subgraph, subgraphs } from './graph.ts';

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

const urls = Object.fromEntries(
  await Promise.all(
    subgraphs.map(async (subgraph) => [subgraph.name, (await serveCanned(schemaOf(subgraph))).url] as const),
  ),
);
const { supergraphSdl, errors } = composeServices(
  subgraphs.map(({ name, sdl }) => ({ name, url: urls[name], typeDefs: parse(sdl) })),
);
if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'));
writeFileSync(target, supergraphSdl);
console.log(`READY ${JSON.stringify(urls)}`);
