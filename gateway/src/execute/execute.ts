import { GraphQLError } from 'graphql';
import { clientName } from '../planner/client-names.ts';
import type { EntityFetchNode, EntityOutput, FetchNode, PlanNode } from '../planner/plan.ts';
import {
  type SendToSubgraph,
  type SubgraphAnswer,
  type SubgraphAnswerError,
  SubgraphError,
} from '../subgraph/subgraph.ts';
import { type Representations, representationsOf } from './entities.ts';
import { type JsonObject, own } from './json.ts';
import { copy, merge } from './merge.ts';
import { commonPath, goTo, type Place, pathsOf, type ResponsePath } from './place.ts';
import { applyRewrites } from './rewrite.ts';
import type { TypeTest } from './type-test.ts';

/** Everything a plan needs to run, for one request or one event. */
export interface ExecutionInput {
  /** As the client sent them: subgraphs coerce and default by their own declarations. */
  variables: JsonObject;
  types: TypeTest;
  send: SendToSubgraph;
  /** Those of this caller; made once, when the first fetch needs them. */
  headers: () => Promise<Readonly<Record<string, string>>>;
  signal?: AbortSignal | undefined;
}

export interface Fetched {
  data: JsonObject;
  errors: GraphQLError[];
  /** How many requests went to subgraphs. */
  fetches: number;
}

/** Runs a plan; `data`, what is known already, is filled in place. Failures of subgraphs become errors, never a throw. */
export async function execute(
  plan: PlanNode | null,
  input: ExecutionInput,
  data: JsonObject = {},
): Promise<Fetched> {
  const fetched: Fetched = { data, errors: [], fetches: 0 };
  if (plan) await run(plan, { path: [], targets: [data] }, input, fetched);
  return fetched;
}

async function run(node: PlanNode, place: Place, input: ExecutionInput, fetched: Fetched): Promise<void> {
  if (place.targets.length === 0) return;
  switch (node.kind) {
    case 'sequence':
      for (const step of node.nodes) await run(step, place, input, fetched);
      return;
    case 'parallel':
      await Promise.all(node.nodes.map((part) => run(part, place, input, fetched)));
      return;
    case 'flatten':
      return run(node.node, goTo(place, node.path, input.types), input, fetched);
    case 'fetch':
      return fetchRoot(node, place, input, fetched);
    case 'entities':
      return fetchEntities(node, place, input, fetched);
  }
}

async function fetchRoot(
  fetch: FetchNode,
  place: Place,
  input: ExecutionInput,
  fetched: Fetched,
): Promise<void> {
  const path = commonPath(place.path);
  const answer = await send(fetch, fetch.operationKind, [], input, fetched, () => [path]);
  if (!answer) return;
  for (const error of answer.errors) fetched.errors.push(placed(error, [...path, ...(error.path ?? [])]));
  if (!answer.data) return;
  const { data } = answer;
  applyRewrites(fetch.rewrites, data, input.types);
  // Last the one that may keep the parts: the copies are taken before anything is merged into them.
  for (let index = place.targets.length - 1; index >= 0; index--) {
    merge(place.targets[index]!, index === 0 ? data : copy(data), input.types);
  }
}

async function fetchEntities(
  fetch: EntityFetchNode,
  place: Place,
  input: ExecutionInput,
  fetched: Fetched,
): Promise<void> {
  const asked = fetch.inputs.map((part) => representationsOf(place, part, input.types));
  if (asked.every(({ json }) => json.length === 0)) return;

  // A list without entities is sent too: the operation declares its variable.
  const lists = asked.map(({ json }, index) => `"${fetch.inputs[index]!.variable}":[${json.join(',')}]`);
  const answer = await send(fetch, 'query', lists, input, fetched, () => failedPaths(asked));
  if (!answer) return;
  for (const error of answer.errors) {
    fetched.errors.push(...placeError(error, fetch, asked, input, fetched.data));
  }
  if (!answer.data) return;
  for (const output of fetch.outputs) {
    mergeEntities(own(answer.data, output.responseName), output, asked[output.input]!, input);
  }
}

/** Null when the subgraph did not answer: an error for each of the paths says so. */
async function send(
  fetch: FetchNode | EntityFetchNode,
  kind: FetchNode['operationKind'],
  lists: readonly string[],
  input: ExecutionInput,
  fetched: Fetched,
  paths: () => readonly ResponsePath[],
): Promise<SubgraphAnswer | null> {
  try {
    fetched.fetches++;
    return await input.send({
      subgraph: fetch.subgraph,
      kind,
      body: bodyOf(fetch, lists, input.variables),
      headers: await input.headers(),
      signal: input.signal,
    });
  } catch (error) {
    if (!(error instanceof SubgraphError)) throw error;
    for (const path of paths()) {
      fetched.errors.push(
        new GraphQLError(error.message, {
          path: shownPath(path),
          originalError: error,
          extensions: { code: error.code },
        }),
      );
    }
    return null;
  }
}

function bodyOf(fetch: FetchNode | EntityFetchNode, lists: readonly string[], variables: JsonObject): string {
  const parts = [...lists];
  for (const name of fetch.variables) {
    const value = own(variables, name);
    if (value !== undefined) parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  }
  return `${beginningOf(fetch)}${parts.join(',')}}}`;
}

/** What of a body depends on the plan only. */
function beginningOf(fetch: FetchNode | EntityFetchNode): string {
  let beginning = beginnings.get(fetch);
  if (beginning === undefined) {
    const operationName =
      fetch.operationName === undefined ? '' : `"operationName":${JSON.stringify(fetch.operationName)},`;
    beginning = `{"query":${JSON.stringify(fetch.operation)},${operationName}"variables":{`;
    beginnings.set(fetch, beginning);
  }
  return beginning;
}
const beginnings = new WeakMap<FetchNode | EntityFetchNode, string>();

function mergeEntities(
  received: unknown,
  output: EntityOutput,
  asked: Representations,
  input: ExecutionInput,
): void {
  if (!Array.isArray(received)) return;
  received.forEach((entity: JsonObject | null, position) => {
    const targets = asked.targetsOf[position];
    if (!entity || !targets) return;
    // Rewrites have type conditions, and a subgraph is not always asked for the name of the type.
    entity.__typename ??= asked.targets[targets[0]!]!.__typename;
    applyRewrites(output.rewrites, entity, input.types);
    // Last the one that may keep the parts: the copies are taken before anything is merged into them.
    for (let index = targets.length - 1; index >= 0; index--) {
      merge(asked.targets[targets[index]!]!, index === 0 ? entity : copy(entity), input.types);
    }
  });
}

/** A subgraph's error where the client sees it: one for every place at which the entity stands. */
function placeError(
  error: SubgraphAnswerError,
  fetch: EntityFetchNode,
  asked: readonly Representations[],
  input: ExecutionInput,
  root: JsonObject,
): GraphQLError[] {
  const [responseName, position, ...behind] = error.path ?? [];
  const output = fetch.outputs.find((candidate) => candidate.responseName === responseName);
  if (!output) return failedPaths(asked).map((path) => placed(error, path));
  const { places, targetsOf } = asked[output.input]!;
  const targets = typeof position === 'number' ? targetsOf[position] : undefined;
  if (!targets) return failedPaths([asked[output.input]!]).map((path) => placed(error, path));
  const paths = places.flatMap(({ path }) => pathsOf(root, path, input.types));
  return targets.map((target) => placed(error, [...(paths[target] ?? []), ...behind]));
}

/** The places whose entities did not come, each as far as its path goes before it enters a list. */
function failedPaths(asked: readonly Representations[]): ResponsePath[] {
  const paths = new Map<string, ResponsePath>();
  for (const { path, targets } of asked.flatMap(({ places }) => places)) {
    if (targets.length === 0) continue;
    const common = commonPath(path);
    paths.set(common.join(), common);
  }
  return [...paths.values()];
}

function placed(error: SubgraphAnswerError, path: ResponsePath): GraphQLError {
  return new GraphQLError(error.message, {
    path: shownPath(path),
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...error.extensions },
  });
}

/** In the client's names. */
function shownPath(path: ResponsePath): ResponsePath | undefined {
  if (path.length === 0) return undefined;
  return path.map((step) => (typeof step === 'string' ? clientName(step) : step));
}
