import './no-telemetry.ts';
import type { Log } from '@alexandrite/telemetry/log';
import { ApolloGateway } from '@apollo/gateway';
import { buildASTSchema, type DocumentNode, type GraphQLSchema, Kind, parse } from 'graphql';
import { ApolloPlanner } from '../planner/apollo.ts';
import { choosePlanner } from '../planner/choose.ts';
import { OperationPlanner } from '../planner/operation-planner.ts';
import type { PlannerName } from '../planner/planner.ts';

/** A supergraph that can be served: checked, with a planner. */
export interface Supergraph {
  sdl: string;
  document: DocumentNode;
  /** What clients see. */
  apiSchema: GraphQLSchema;
  /** All of it, also what is @inaccessible, with the directives of composition. */
  fullSchema: GraphQLSchema;
  planner: OperationPlanner;
  /** By name, with the URLs that composition knew. */
  subgraphs: ReadonlyMap<string, { url: string }>;
}

/** Loads and checks a composed schema. Throws what is wrong with it. */
export async function loadSupergraph(
  sdl: string,
  log: Log,
  planner: PlannerName = 'apollo',
): Promise<Supergraph> {
  const subgraphs = new Map<string, { url: string }>();
  const gateway = new ApolloGateway({
    supergraphSdl: sdl,
    logger: {
      // It says at "info" what we say ourselves.
      debug: (message) => log.trace(String(message)),
      info: (message) => log.debug(String(message)),
      warn: (message) => log.warn(String(message)),
      error: (message) => log.error(String(message)),
    },
    buildService({ name, url }) {
      subgraphs.set(name, { url: url ?? '' });
      return {
        process: () => Promise.reject(new Error(`the subgraph ${name} is asked by our own executor`)),
      };
    },
  });
  const { schema: apiSchema } = await gateway.load();
  const { queryPlanner } = gateway.__testing();
  if (!queryPlanner) throw new Error('supergraph: it has no planner');
  const document = parse(sdl, { noLocation: true });
  const apollo = new ApolloPlanner(queryPlanner);
  const fullSchema = buildASTSchema(withoutLinks(document), { assumeValid: true, assumeValidSDL: true });
  const chosen = await choosePlanner(planner, { sdl, fullSchema, apollo, log });
  return {
    sdl,
    document,
    apiSchema,
    fullSchema,
    planner: new OperationPlanner(chosen, { document, fullSchema, apiSchema }, log),
    subgraphs,
  };
}

/** Some composers leave the definitions of `@link`'s own types out. */
function withoutLinks(document: DocumentNode): DocumentNode {
  return {
    kind: Kind.DOCUMENT,
    definitions: document.definitions.filter(
      (definition) =>
        !(definition.kind === Kind.DIRECTIVE_DEFINITION && /^(link|core)$/.test(definition.name.value)),
    ),
  };
}
