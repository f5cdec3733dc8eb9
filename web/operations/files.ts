import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { operationsSource, type Source, schemaSource } from './source.ts';

const web = fileURLToPath(new URL('../src/', import.meta.url));
const supergraph = fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url));

/** The public schema. The composed one holds the composition's own directives too, which no document mentions. */
export function publicSchema(): GraphQLSchema {
  return buildSchema(readFileSync(supergraph, 'utf8'), { assumeValidSDL: true });
}

/** Each `.graphql` file below `web/src`; its types go to `operations.ts` beside it. */
export function sources(): Source[] {
  return globSync('**/*.graphql', { cwd: web })
    .sort()
    .map((file) => ({
      module: [...file.split(sep).slice(0, -1), 'operations'].join('/'),
      document: parse(readFileSync(join(web, file), 'utf8')),
    }));
}

/** All documents as one, as validation wants it: fragments are shared between files. */
export function everything(): DocumentNode {
  return {
    kind: 'Document',
    definitions: sources().flatMap(({ document }) => document.definitions),
  } as DocumentNode;
}

/** What the generated files should hold, by path. */
export function generated(): Map<string, string> {
  const schema = publicSchema();
  const all = sources();
  const files = new Map([[join(web, 'client', 'schema.ts'), schemaSource(schema)]]);
  for (const source of all)
    files.set(join(web, `${source.module}.ts`), operationsSource(schema, source, all));
  return files;
}
