import type { Log } from '@alexandrite/telemetry/log';
import { buildASTSchema, buildSchema, type DocumentNode, type GraphQLSchema, Kind, parse } from 'graphql';
import { withDefer } from '../operation/defer-rules.ts';
import { ApolloPlanner } from '../planner/apollo.ts';
import { choosePlanner } from '../planner/choose.ts';
import { DeferringPlanner } from '../planner/deferring-planner.ts';
import { NativeHive } from '../planner/native-hive.ts';
import { OperationPlanner } from '../planner/operation-planner.ts';
import type { LabelSettings } from '../planner/override-labels.ts';
import type { PlannerName } from '../planner/planner.ts';
import { type CheckedSupergraph, checkSupergraph } from './check.ts';
import { withSecurityKept } from './security-links.ts';

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
  planner: PlannerName = 'hive',
  labels: LabelSettings = {},
): Promise<Supergraph> {
  const plannedSdl = withSecurityKept(sdl, parse(sdl, { noLocation: true }));
  const native = planner === 'hive' ? new NativeHive(plannedSdl) : undefined;
  // Beside the check; whether it can be begun at all is asked when it is chosen.
  native?.start().catch(() => {});
  try {
    const checked = await checkSupergraph(plannedSdl, log);
    return { ...(await openSupergraph(plannedSdl, checked, log, planner, labels, native)), sdl };
  } catch (error) {
    native?.close();
    throw error;
  }
}

/** What is known to be valid. */
export async function openSupergraph(
  sdl: string,
  { apiSdl, subgraphs }: CheckedSupergraph,
  log: Log,
  planner: PlannerName,
  labels: LabelSettings = {},
  native?: NativeHive,
): Promise<Supergraph> {
  const document = parse(sdl, { noLocation: true });
  const apiSchema = withDefer(
    buildSchema(apiSdl, { noLocation: true, assumeValid: true, assumeValidSDL: true }),
  );
  const fullSchema = buildASTSchema(withoutLinks(document), { assumeValid: true, assumeValidSDL: true });
  const apollo = new ApolloPlanner(sdl);
  const chosen = await choosePlanner(planner, { sdl, fullSchema, apollo, native, log });
  return {
    sdl,
    document,
    apiSchema,
    fullSchema,
    planner: new OperationPlanner(
      chosen,
      new DeferringPlanner(sdl),
      { document, fullSchema, apiSchema },
      log,
      labels,
    ),
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
