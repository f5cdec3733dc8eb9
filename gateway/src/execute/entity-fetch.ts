import type { EntityFetchNode, EntityOutput, Step as PathStep } from '../planner/plan.ts';
import { SubgraphError } from '../subgraph/subgraph.ts';
import { type Asked, type Asker, type CombinedRequests, EntityAsking, type EntityRequest } from './asking.ts';
import {
  type CompiledInput,
  compileInput,
  type FoundEntities,
  failedPaths,
  mergeApart,
  mergeEntities,
  reportOfEntity,
} from './entities.ts';
import { report, reportFailure } from './failures.ts';
import { checkComplete } from './incomplete.ts';
import { own } from './json.ts';
import { failureOf } from './levels.ts';
import { commonPath } from './place.ts';
import type { Question } from './question.ts';
import { requestTemplate, send } from './request.ts';
import { rewrittenPath } from './rewrite.ts';
import type { Run, Step } from './run.ts';
import type { TypeTest } from './type-test.ts';

/** How the fetches of one plan save each other. */
export interface Companions {
  /** What this fetch asks; absent where no other fetch could ask the same or travel with it. */
  questions: readonly Question[] | undefined;
  /** For each question, whether others ask it too, so that they may hold the same answers. */
  others: readonly boolean[];
  /** Whether answers hold for the whole execution: in a mutation they may change between its fields. */
  lasting: boolean;
  combined: CombinedRequests;
  /** Whether each place of an entity needs parts of its own: other places may stand in other contexts. */
  apart: boolean;
}

type MergeFound = (received: readonly unknown[], found: FoundEntities, output: EntityOutput) => void;
type Found = readonly (readonly [CompiledInput, FoundEntities])[];

/** Fields of entities that are known already, merged into the objects that they were found in. */
export function compileEntityFetch(
  node: EntityFetchNode,
  base: readonly PathStep[],
  types: TypeTest,
  { questions, others, lasting, combined, apart }: Companions,
): Step {
  const inputs = node.inputs.map((input) => compileInput(input, base, types));
  const template = requestTemplate({ ...node, kind: 'query' });
  const mergeAs = (shared: boolean): MergeFound =>
    apart
      ? (received, found, output) => mergeApart(received, found, output, types)
      : (received, found, output) => mergeEntities(received, found, output, shared, types);
  const mergeOwn = mergeAs(false);
  const mergeShared = mergeAs(true);
  const alone = fetchAlone(node, template, mergeOwn);
  const merges = others.map((shared) => (shared ? mergeShared : mergeOwn));
  const asker: Asker | null = questions
    ? {
        questions,
        template,
        operationName: node.operationName,
        lists: node.outputs.map(({ responseName, input }) => ({
          responseName,
          variable: node.inputs[input]!.variable,
        })),
      }
    : null;
  return async (run) => {
    const { data } = run.fetched;
    let found: Found = [];
    const { asking } = run.input;
    try {
      found = inputs.map((input) => [input, input.find(data)] as const);
      if (found.every(([, { json }]) => json.length === 0)) return;
      if (asker && asking && (asking.once || asking.together)) {
        run.asked ??= new EntityAsking(run, combined, asking.once && lasting);
        await fetchTogether(node, asker, run, found, run.asked, merges);
      } else {
        await alone(run, found);
      }
    } catch (error) {
      const paths =
        found.length > 0 ? failedPaths(found) : inputs.flatMap(({ paths }) => paths.map(commonPath));
      reportFailure(run, failureOf(error, template.subgraph), paths);
    }
  };
}

function fetchAlone(node: EntityFetchNode, template: ReturnType<typeof requestTemplate>, merge: MergeFound) {
  const { outputs } = node;
  const beforeLists = node.inputs.map(({ variable }, index) => `${index === 0 ? '' : ','}"${variable}":[`);
  return async (run: Run, found: Found): Promise<void> => {
    let lists = '';
    // A list without entities is sent too: the operation declares its variable.
    for (let index = 0; index < found.length; index++) {
      lists += `${beforeLists[index]}${found[index]![1].json.join(',')}]`;
    }
    const answer = await send(run, template, lists);
    const { data, errors } = answer;
    for (const output of data ? outputs : []) {
      const received = own(data!, output.responseName);
      if (Array.isArray(received)) merge(received, found[output.input]![1], output);
    }
    for (const error of errors) {
      const [responseName, position, ...behind] = error.path ?? [];
      const output = outputs.find((candidate) => candidate.responseName === responseName);
      const at = output && found[output.input]!;
      if (at && typeof position === 'number' && at[1].json[position] !== undefined) {
        reportOfEntity(run, error, rewrittenPath(behind, output.rewrites), position, ...at);
      } else {
        for (const path of failedPaths(at ? [at] : found)) report(run, error, path);
      }
    }
    checkComplete(
      template.subgraph,
      answer,
      outputs.map(({ responseName, input }) => [responseName, found[input]![1].json.length]),
    );
  };
}

async function fetchTogether(
  { outputs }: EntityFetchNode,
  asker: Asker,
  run: Run,
  found: Found,
  asking: EntityAsking,
  merges: readonly MergeFound[],
): Promise<void> {
  const asked = asking.ask(
    asker,
    outputs.map(({ input }) => found[input]![1].json),
  );
  const failures = new Set<SubgraphError>();
  let told = false;
  for (const request of requestsOf(asked)) {
    try {
      await request.done;
    } catch (error) {
      if (!(error instanceof SubgraphError)) throw error;
      failures.add(error);
    }
    told ||= request.told;
    for (const error of request.errors) for (const path of failedPaths(found)) report(run, error, path);
  }
  for (const error of failures) reportFailure(run, error, failedPaths(found));
  for (let index = 0; index < outputs.length; index++) {
    const output = outputs[index]!;
    const at = found[output.input]!;
    const entities = asked[index]!;
    const received = new Array<unknown>(entities.length);
    for (let position = 0; position < entities.length; position++)
      received[position] = entities[position]!.entity;
    merges[index]!(received, at[1], output);
    if (!told) continue;
    entities.forEach(({ errors }, position) => {
      for (const { error, behind } of errors ?? []) {
        reportOfEntity(run, error, rewrittenPath(behind, output.rewrites), position, ...at);
      }
    });
  }
}

/** Each once. */
function requestsOf(asked: readonly (readonly Asked[])[]): EntityRequest[] {
  const requests: EntityRequest[] = [];
  for (const entities of asked)
    for (const { request } of entities) if (!requests.includes(request)) requests.push(request);
  return requests;
}
