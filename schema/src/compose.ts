/**
 * `npm run compose`: composes the subgraphs' SDL into `schema/supergraph.graphql`; `--check` only says whether the
 * committed one is up to date. The subgraphs' URLs are names that configuration replaces.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { subgraphSdl } from './subgraph-sdl.ts';

const target = new URL('../supergraph.graphql', import.meta.url);

const result = composeServices(
  (['shop', 'crm', 'mes', 'events'] as const).map((name) => ({
    name,
    url: name === 'events' ? 'bus://events' : `http://${name}.alexandrite.internal/graphql`,
    typeDefs: parse(subgraphSdl(name)),
  })),
);
if (result.errors !== undefined) {
  for (const error of result.errors) {
    console.error(`${String(error.extensions?.['code'] ?? 'COMPOSITION')}: ${error.message}`);
  }
  process.exit(1);
}
for (const hint of result.hints) console.error(`hint ${hint.definition.code}: ${hint.message}`);

const composed = `${result.supergraphSdl.trim()}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== composed) {
    console.error('schema/supergraph.graphql is stale: run `npm run compose` and commit it.');
    process.exit(1);
  }
  console.error('schema/supergraph.graphql is up to date.');
} else {
  writeFileSync(target, composed);
  console.error('schema/supergraph.graphql is written.');
}
