import { createLog } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { buildSchema, type GraphQLSchema, graphql, parse, printSchema } from 'graphql';
import { Engine, type Result } from '../src/engine/engine.ts';
import { Generation } from '../src/engine/generation.ts';
import { engineMetrics } from '../src/engine/metrics.ts';
import type { JsonObject } from '../src/execute/json.ts';
import type { PlannerName } from '../src/planner/planner.ts';
import { type SendToSubgraph, SubgraphError } from '../src/subgraph/subgraph.ts';
import { openSupergraph } from '../src/supergraph/supergraph.ts';
import { Random, type RandomOperation, randomOperations } from './random-operation.ts';
import { RandomSupergraph } from './random-supergraph.ts';
import type { SubgraphDefinition } from './subgraph-server.ts';

export interface Difference {
  planner: PlannerName;
  supergraph: number;
  operation: RandomOperation;
  what: string;
  expected: unknown;
  received: unknown;
}

export interface Compared {
  cases: number;
  differences: Difference[];
}

const silent = createLog({ service: 'test', level: 'silent' });
const aliases = ['id', 'code', 'f0', 'f1', 'common', 'a', 'b', 'f0__alias_0', '_internal_qp_alias_0', 'part'];
const texts = ['0', '3', 'none'];

/**
 * Runs random operations over the random supergraph of a seed, planned by each of the planners, and compares with the same
 * schema without subgraphs. Null where subgraphs made at random do not compose.
 */
export async function compare(
  seed: number,
  operations: number,
  planners: readonly PlannerName[],
): Promise<Compared | null> {
  const graph = new RandomSupergraph(new Random(Math.imul(seed, 2_654_435_761)));
  const definitions = graph.definitions();
  const { schema, supergraphSdl } = composeServices(
    definitions.map(({ name, sdl }) => ({ name, url: `http://${name}`, typeDefs: parse(sdl) })),
  );
  if (!supergraphSdl || !schema) return null;
  const apiSdl = printSchema(schema.toAPISchema().toGraphQLJSSchema());
  const whole = buildSchema(apiSdl);
  graph.resolveIn(whole);
  const compared: Compared = { cases: 0, differences: [] };
  const subgraphs = inProcess(definitions);
  const gateways: { planner: PlannerName; ask: Ask; close: () => void }[] = [];
  for (const planner of planners) {
    gateways.push({ planner, ...(await gatewayOver(supergraphSdl, apiSdl, planner, subgraphs)) });
  }
  const random = randomOperations({ schema: whole, aliases, texts }, seed);
  for (let done = 0; done < operations; done++) {
    const operation = random.next().value as RandomOperation;
    const down = done % 8 === 7 ? definitions[seed % definitions.length]!.name : null;
    const right = (await graphql({
      schema: whole,
      source: operation.query,
      variableValues: operation.variables,
    })) as Result;
    for (const { planner, ask } of gateways) {
      compared.cases++;
      const received = JSON.parse(JSON.stringify(await ask(operation, down))) as Result;
      const expected = JSON.parse(JSON.stringify(right)) as Result;
      const what = down ? lie(expected, received) : difference(expected, received);
      if (what) compared.differences.push({ planner, supergraph: seed, operation, what, expected, received });
    }
  }
  for (const { close } of gateways) close();
  return compared;
}

export function printDifference({
  planner,
  supergraph,
  operation,
  what,
  expected,
  received,
}: Difference): string {
  return [
    `supergraph ${supergraph}, planned by ${planner}: ${what}`,
    operation.query,
    JSON.stringify(operation.variables),
    `expected ${JSON.stringify(expected)}`,
    `received ${JSON.stringify(received)}`,
  ].join('\n');
}

/** Answers an operation while one subgraph is down, or none is. */
type Ask = (operation: RandomOperation, down: string | null) => Promise<Result>;

type InProcess = (subgraph: string, body: string) => Promise<Result>;

function inProcess(definitions: readonly SubgraphDefinition[]): InProcess {
  const schemas = new Map<string, GraphQLSchema>(
    definitions.map(({ name, sdl, resolvers }) => [
      name,
      buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]),
    ]),
  );
  return async (subgraph, body) => {
    const { query, variables, operationName } = JSON.parse(body);
    const result = await graphql({
      schema: schemas.get(subgraph)!,
      source: query,
      variableValues: variables,
      operationName,
    });
    return JSON.parse(JSON.stringify(result));
  };
}

async function gatewayOver(
  sdl: string,
  apiSdl: string,
  planner: PlannerName,
  subgraphs: InProcess,
): Promise<{ ask: Ask; close: () => void }> {
  let down: string | null = null;
  const send: SendToSubgraph = async ({ subgraph, body }) => {
    if (subgraph === down) throw new SubgraphError('SUBGRAPH_UNAVAILABLE', 'it is down', { subgraph });
    const { data, errors } = await subgraphs(subgraph, body);
    return {
      data: data ?? null,
      errors: (errors ?? []).map(({ message, path, extensions }) => ({
        message,
        path,
        extensions: extensions ?? {},
      })),
    };
  };
  const supergraph = await openSupergraph(sdl, { apiSdl, subgraphs: new Map() }, silent, planner);
  let generation: Generation;
  const metrics = engineMetrics(
    new Metrics('test'),
    () => generation,
    () => 'anonymous',
  );
  generation = new Generation(
    {
      number: 1,
      hash: '',
      supergraph,
      send,
      eventsOf: () => undefined,
      subgraphs: { [Symbol.asyncDispose]: () => Promise.resolve() },
    },
    {
      operationCacheSize: 10,
      operationCacheCharacters: 100_000,
      limits: {
        maxTokens: undefined,
        maxDepth: undefined,
        maxAliases: undefined,
        maxRootFields: undefined,
        maxSelections: 100_000,
      },
      defaultListSize: 10,
      introspection: true,
      access: { scopesClaim: undefined, policiesClaim: undefined, refuses: false },
      observer: metrics.compilations,
    },
  );
  const engine = new Engine({
    budgets: undefined,
    sign: undefined,
    show: (errors) => errors,
    requestTimeoutMs: undefined,
    metrics,
    asking: { once: true, together: true },
    log: silent,
  });
  const ask: Ask = async ({ query, variables }, subgraph) => {
    down = subgraph;
    try {
      const compiled = await generation.compileText(query, null);
      return await engine.execute(generation, compiled, variables, nobody);
    } catch (error) {
      if (Array.isArray(error)) return { errors: error };
      throw error;
    }
  };
  return { ask, close: () => supergraph.planner[Symbol.dispose]() };
}

const nobody = { claims: null, forwarded: {}, signal: undefined };

/** Null when the answers are the same: a subgraph may tell more errors than graphql-js, of what is null for another one. */
function difference(expected: Result, received: Result): string | null {
  if (JSON.stringify(expected.data) !== JSON.stringify(received.data)) return 'other data';
  const paths = (errors: Result['errors']) => new Set((errors ?? []).map(({ path }) => JSON.stringify(path)));
  const told = paths(received.errors);
  for (const path of paths(expected.errors)) if (!told.has(path)) return `no error at ${path}`;
  const right = paths(expected.errors);
  for (const { path, message } of received.errors ?? []) {
    if (right.has(JSON.stringify(path))) continue;
    if (!message.startsWith('fails: ') || !isNull(received.data, path ?? []))
      return `an error at ${JSON.stringify(path)}`;
  }
  // A subgraph's error at a field that may not be null takes the other fields of the object with it.
  const unfit = (received.extensions?.valueCompletion ?? []) as { path: unknown[] }[];
  const explained = (path: unknown[]) =>
    received.errors?.some((error) => `${path},`.startsWith(`${error.path?.slice(0, -1)},`));
  return unfit.some(({ path }) => !explained(path)) ? 'values that do not fit' : null;
}

/** While a subgraph is down: null when all that was answered is right, and what is missing is explained. */
function lie(expected: Result, received: Result): string | null {
  const missing = untrue(expected.data, received.data, []);
  if (missing === 'wrong') return 'a wrong value while a subgraph is down';
  if (missing === 'less' && !received.errors?.length) return 'something is missing without a word';
  return null;
}

function untrue(right: unknown, given: unknown, path: (string | number)[]): 'wrong' | 'less' | 'same' {
  if (given === null || given === undefined) return right === null || right === undefined ? 'same' : 'less';
  if (typeof right !== 'object' || right === null) return right === given ? 'same' : 'wrong';
  if (typeof given !== 'object' || Array.isArray(right) !== Array.isArray(given)) return 'wrong';
  let found: 'same' | 'less' = 'same';
  for (const key of new Set([...Object.keys(right), ...Object.keys(given)])) {
    const one = untrue((right as JsonObject)[key], (given as JsonObject)[key], [...path, key]);
    if (one === 'wrong') return 'wrong';
    if (one === 'less') found = 'less';
  }
  return found;
}

function isNull(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data;
  for (const step of path) {
    if (value === null || value === undefined) return true;
    value = (value as JsonObject)[step];
  }
  return value === null || value === undefined;
}
