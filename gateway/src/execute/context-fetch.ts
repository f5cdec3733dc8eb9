import type { ContextArgument, EntityFetchNode, Step as PathStep, RewriteStep } from '../planner/plan.ts';
import type { SubgraphAnswer } from '../subgraph/subgraph.ts';
import { report, reportFailure } from './failures.ts';
import { checkComplete } from './incomplete.ts';
import { isObject, type JsonObject, own } from './json.ts';
import { failureOf } from './levels.ts';
import { copy, merge } from './merge.ts';
import type { ResponsePath } from './place.ts';
import { compileRepresentation } from './representation.ts';
import { type RequestTemplate, requestTemplate, send } from './request.ts';
import { applyRewrites, rewrittenPath } from './rewrite.ts';
import type { Run, Step } from './run.ts';
import type { TypeTest } from './type-test.ts';

/**
 * Fields of entities whose arguments come from the objects that the entities stand in. Entities of one list can stand in
 * objects with different values: there is one request for each set of them.
 */
export function compileContextFetch(node: EntityFetchNode, base: readonly PathStep[], types: TypeTest): Step {
  const fetches = node.inputs.map((input) => ({
    ...input,
    representationOf: compileRepresentation(input, types),
  }));
  const template = requestTemplate({ ...node, kind: 'query' });
  return async (run) => {
    const groups = new Map<string, Group>();
    fetches.forEach(({ paths, representationOf }, index) => {
      for (const path of paths) {
        standingAt(run.fetched.data, [...base, ...path], types, (found) => {
          const text = representationOf(found.object).write(found.object);
          if (text === null) return;
          const values = valuesAbove(found, node.contexts, types);
          let group = groups.get(values);
          if (!group) {
            group = { values, lists: fetches.map(() => new Map()) };
            groups.set(values, group);
          }
          const list = group.lists[index]!;
          const standing = list.get(text);
          if (standing) standing.push(found);
          else list.set(text, [found]);
        });
      }
    });
    await Promise.all([...groups.values()].map((group) => fetchGroup(run, node, template, group, types)));
  };
}

/** An object of the response and what it stands in. */
interface Standing {
  object: JsonObject;
  /** From the root on: the object of each field that leads here. */
  above: readonly JsonObject[];
  at: ResponsePath;
}

/** Entities whose arguments have the same values. */
interface Group {
  /** JSON, as it stands among the variables. */
  values: string;
  /** For each input, by their representations. */
  lists: readonly Map<string, Standing[]>[];
}

async function fetchGroup(
  run: Run,
  { inputs, outputs }: EntityFetchNode,
  template: RequestTemplate,
  { values, lists }: Group,
  types: TypeTest,
): Promise<void> {
  const variables = inputs.map(
    ({ variable }, index) => `"${variable}":[${[...lists[index]!.keys()].join(',')}]`,
  );
  const all = lists.flatMap((list) => [...list.values()].flat());
  try {
    const answer = await send(run, template, `${variables.join(',')}${values}`);
    checkComplete(
      template.subgraph,
      answer,
      outputs.map(({ responseName, input }) => [responseName, lists[input]!.size]),
    );
    take(run, outputs, answer, lists, all, types);
  } catch (error) {
    reportFailure(run, failureOf(error, template.subgraph), listPaths(all));
  }
}

/** Tells the errors of an answer, and merges the rest of it. */
function take(
  run: Run,
  outputs: EntityFetchNode['outputs'],
  { data, errors }: SubgraphAnswer,
  lists: Group['lists'],
  all: readonly Standing[],
  types: TypeTest,
): void {
  for (const error of errors) {
    const [responseName, position, ...behind] = error.path ?? [];
    const output = outputs.find((candidate) => candidate.responseName === responseName);
    const standing = output && typeof position === 'number' && [...lists[output.input]!.values()][position];
    if (standing) {
      const below = rewrittenPath(behind, output.rewrites);
      for (const { at } of standing) report(run, error, [...at, ...below]);
    } else {
      for (const path of listPaths(all)) report(run, error, path);
    }
  }
  if (!data) return;
  for (const { responseName, input, rewrites } of outputs) {
    const received = own(data, responseName);
    if (!Array.isArray(received)) continue;
    [...lists[input]!.values()].forEach((standing, position) => {
      const entity: unknown = received[position];
      if (!isObject(entity)) return;
      for (const { object } of standing) {
        const part = copy(entity);
        // Rewrites have type conditions, and a subgraph is not always asked for the name of the type.
        part.__typename ??= object.__typename;
        applyRewrites(rewrites, part, types);
        merge(object, part, types);
      }
    });
  }
}

/** The paths of the objects, each as far as it goes before it enters a list. */
function listPaths(standing: readonly Standing[]): ResponsePath[] {
  const paths = new Map<string, ResponsePath>();
  for (const { at } of standing) {
    const list = at.findIndex((step) => typeof step === 'number');
    const path = list < 0 ? at : at.slice(0, list);
    paths.set(path.join(), path);
  }
  return [...paths.values()];
}

function standingAt(
  root: JsonObject,
  path: readonly PathStep[],
  types: TypeTest,
  found: (standing: Standing) => void,
): void {
  const walk = (value: unknown, index: number, above: readonly JsonObject[], at: ResponsePath): void => {
    const step = path[index];
    if (Array.isArray(value)) {
      const next = step?.kind === 'list' ? index + 1 : index;
      value.forEach((item, position) => {
        walk(item, next, above, [...at, position]);
      });
    } else if (isObject(value)) {
      if (!step) found({ object: value, above, at });
      else if (step.kind === 'field') {
        walk(own(value, step.name), index + 1, [...above, value], [...at, step.name]);
      } else if (step.kind === 'types' && step.names.some((name) => types.is(value.__typename, name, true))) {
        walk(value, index + 1, above, at);
      }
    }
  };
  walk(root, 0, [], []);
}

/** The variables of the arguments as JSON, each with a comma before it. */
function valuesAbove(
  { object, above }: Standing,
  contexts: readonly ContextArgument[],
  types: TypeTest,
): string {
  const values = new Map<string, unknown>();
  for (const { variable, up, path } of contexts) {
    const holder = up === 0 ? object : above[above.length - up];
    const value = holder && valueAt(holder, path, types);
    // Of several types that can hold the value the object is one.
    if (value !== undefined) values.set(variable, value);
  }
  let text = '';
  for (const [variable, value] of values) text += `,${JSON.stringify(variable)}:${JSON.stringify(value)}`;
  return text;
}

function valueAt(value: unknown, [step, ...behind]: readonly RewriteStep[], types: TypeTest): unknown {
  if (!step || value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => valueAt(item, [step, ...behind], types));
  if (!isObject(value)) return undefined;
  if (step.kind === 'field') return valueAt(own(value, step.name), behind, types);
  return types.is(value.__typename, step.name) ? valueAt(value, behind, types) : undefined;
}
