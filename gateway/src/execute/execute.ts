import { GraphQLError } from 'graphql';
import type { FetchNode, PlanNode, RequiredSelection } from '../planner/plan.ts';
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
  /** With the operation's defaults: conditions of the plan are decided by them. */
  conditions: JsonObject;
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
    case 'condition': {
      const branch = own(input.conditions, node.variable) === true ? node.whenTrue : node.whenFalse;
      return branch ? run(branch, place, input, fetched) : undefined;
    }
    case 'fetch':
      return fetchAt(node, place, input, fetched);
  }
}

async function fetchAt(
  fetch: FetchNode,
  place: Place,
  input: ExecutionInput,
  fetched: Fetched,
): Promise<void> {
  const entities = isEntityFetch(fetch) ? representationsOf(place.targets, fetch, input.types) : null;
  if (entities?.json.length === 0) return;

  let answer: SubgraphAnswer;
  try {
    fetched.fetches++;
    answer = await input.send({
      subgraph: fetch.subgraph,
      kind: fetch.operationKind,
      body: bodyOf(fetch, entities, input.variables),
      headers: await input.headers(),
      signal: input.signal,
    });
  } catch (error) {
    if (!(error instanceof SubgraphError)) throw error;
    const path = commonPath(place.path);
    fetched.errors.push(
      new GraphQLError(error.message, {
        path: path.length > 0 ? path : undefined,
        originalError: error,
        extensions: { code: error.code },
      }),
    );
    return;
  }
  for (const error of answer.errors) {
    fetched.errors.push(...placeError(error, place, entities, input, fetched.data));
  }
  if (!answer.data) return;
  if (entities) mergeEntities(answer.data, fetch, place, entities, input);
  else mergeRoot(answer.data, fetch, place, input);
}

function isEntityFetch(fetch: FetchNode): fetch is FetchNode & { requires: readonly RequiredSelection[] } {
  return fetch.requires !== null;
}

function bodyOf(fetch: FetchNode, entities: Representations | null, variables: JsonObject): string {
  const parts: string[] = [];
  if (entities) parts.push(`"representations":[${entities.json.join(',')}]`);
  for (const name of fetch.variables) {
    const value = own(variables, name);
    if (value !== undefined) parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  }
  return `${beginningOf(fetch)}${parts.join(',')}}}`;
}

/** What of a body depends on the plan only. */
function beginningOf(fetch: FetchNode): string {
  let beginning = beginnings.get(fetch);
  if (beginning === undefined) {
    const operationName =
      fetch.operationName === undefined ? '' : `"operationName":${JSON.stringify(fetch.operationName)},`;
    beginning = `{"query":${JSON.stringify(fetch.operation)},${operationName}"variables":{`;
    beginnings.set(fetch, beginning);
  }
  return beginning;
}
const beginnings = new WeakMap<FetchNode, string>();

function mergeRoot(data: JsonObject, fetch: FetchNode, place: Place, input: ExecutionInput): void {
  applyRewrites(fetch.outputRewrites, data, input.types);
  place.targets.forEach((target, index) => {
    merge(target, index === 0 ? data : copy(data));
  });
}

function mergeEntities(
  data: JsonObject,
  fetch: FetchNode,
  place: Place,
  entities: Representations,
  input: ExecutionInput,
): void {
  const received = own(data, '_entities');
  if (!Array.isArray(received)) return;
  received.forEach((entity: JsonObject | null, position) => {
    const targets = entities.targetsOf[position];
    if (!entity || !targets) return;
    // Rewrites have type conditions, and a subgraph is not always asked for the name of the type.
    entity.__typename ??= place.targets[targets[0]!]!.__typename;
    applyRewrites(fetch.outputRewrites, entity, input.types);
    // Last the one that may keep the parts: the copies are taken before anything is merged into them.
    for (let index = targets.length - 1; index >= 0; index--) {
      merge(place.targets[targets[index]!]!, index === 0 ? entity : copy(entity));
    }
  });
}

/** A subgraph's error where the client sees it: one for every place at which the entity stands. */
function placeError(
  error: SubgraphAnswerError,
  place: Place,
  entities: Representations | null,
  input: ExecutionInput,
  root: JsonObject,
): GraphQLError[] {
  const make = (path: ResponsePath | undefined) =>
    new GraphQLError(error.message, {
      path: path && path.length > 0 ? path : undefined,
      extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...error.extensions },
    });
  const { path } = error;
  if (!path) return [make(commonPath(place.path))];
  if (!entities) return [make([...commonPath(place.path), ...path])];
  const position = path[1];
  const targets = typeof position === 'number' ? entities.targetsOf[position] : undefined;
  if (!targets) return [make(commonPath(place.path))];
  const paths = pathsOf(root, place.path, input.types);
  return targets.map((target) => make([...(paths[target] ?? commonPath(place.path)), ...path.slice(2)]));
}
