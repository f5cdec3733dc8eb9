import type { EntityInput, EntityOutput, Step as PathStep } from '../planner/plan.ts';
import type { SubgraphAnswerError } from '../subgraph/subgraph.ts';
import { report } from './failures.ts';
import { isObject, type JsonObject } from './json.ts';
import { copy, merge, separate } from './merge.ts';
import { commonPath, compileWalk, placesBehind, type ResponsePath } from './place.ts';
import { compileRepresentation, type Representation } from './representation.ts';
import { applyRewrites } from './rewrite.ts';
import type { Run } from './run.ts';
import type { TypeTest } from './type-test.ts';

/** The entities of one input in one response: each once, however often it stands there. */
export interface FoundEntities {
  /** Their representations as JSON, in the order in which they are sent. */
  json: string[];
  /** The objects they were found in, path after path. */
  targets: readonly JsonObject[];
  /** For each target the index of its representation; -1 where it could not be represented. */
  positions: readonly number[];
  /** For each path the index of the target behind its last one. */
  ends: readonly number[];
}

/** What is known of an input before the plan runs. */
export interface CompiledInput {
  variable: string;
  find(root: JsonObject): FoundEntities;
  /** Seen from the root. */
  paths: readonly (readonly PathStep[])[];
}

export function compileInput(input: EntityInput, base: readonly PathStep[], types: TypeTest): CompiledInput {
  const paths = input.paths.map((path) => [...base, ...path]);
  const walks = paths.map((path) => compileWalk(path, types));
  const representationOf = compileRepresentation(input, types);
  return {
    variable: input.variable,
    paths,
    find(root) {
      const targets: JsonObject[] = [];
      const ends: number[] = [];
      for (const walk of walks) {
        walk(root, targets);
        ends.push(targets.length);
      }
      const seen = new Seen();
      const positions = targets.map((target) => seen.positionOf(target, representationOf(target)));
      return { json: seen.json, targets, positions, ends };
    },
  };
}

/** The representations of one input in one response, in the order in which they were met. */
class Seen {
  readonly json: string[] = [];
  /** The object that was met first, for each representation. */
  readonly #first: JsonObject[] = [];
  /** By key, the last one met; and for each one the one before with an equal key. */
  readonly #byKey = new Map<unknown, number>();
  readonly #before: (number | undefined)[] = [];
  /** By JSON, those without a key. */
  #byText: Map<string, number> | null = null;

  /** -1 for what cannot be represented. */
  positionOf(object: JsonObject, { write, key, equal }: Representation): number {
    const value = key?.(object);
    if (typeof value !== 'string' && typeof value !== 'number')
      return this.#positionByText(object, write(object));
    const last = this.#byKey.get(value);
    for (let known = last; known !== undefined; known = this.#before[known]) {
      const first = this.#first[known]!;
      if (first === object || (first.__typename === object.__typename && equal(first, object))) return known;
    }
    const text = write(object);
    if (text === null) return -1;
    const position = this.#add(object, text);
    this.#before[position] = last;
    this.#byKey.set(value, position);
    return position;
  }

  #positionByText(object: JsonObject, text: string | null): number {
    if (text === null) return -1;
    this.#byText ??= new Map();
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const position = this.#add(object, text);
    this.#byText.set(text, position);
    return position;
  }

  #add(object: JsonObject, text: string): number {
    this.#first.push(object);
    this.#before.push(undefined);
    return this.json.push(text) - 1;
  }
}

/**
 * Merges entities, in the order of their representations, into the objects that they stand for. Objects of one path may
 * share their parts, since whatever the plan does to one of them later it does to all. Those of another path, and
 * everybody where `shared` says that others hold the entities too, get copies.
 */
export function mergeEntities(
  received: readonly unknown[],
  { targets, positions, ends }: FoundEntities,
  { rewrites }: EntityOutput,
  shared: boolean,
  types: TypeTest,
): void {
  let index = 0;
  // Copies are taken before anything is merged into the parts that are copied.
  const sets: (readonly unknown[])[] = ends.map((_, path) => {
    if (path === 0 && !shared) return received;
    const own = rewrites.length > 0 ? copy : separate;
    return received.map((entity) => (isObject(entity) ? own(entity) : null));
  });
  for (let path = 0; path < ends.length; path++) {
    const entities = sets[path]!;
    const rewritten = rewrites.length > 0 ? new Set<JsonObject>() : null;
    for (const end = ends[path]!; index < end; index++) {
      const entity = entities[positions[index]!];
      if (!isObject(entity)) continue;
      const target = targets[index]!;
      if (rewritten && !rewritten.has(entity)) {
        rewritten.add(entity);
        // Rewrites have type conditions, and a subgraph is not always asked for the name of the type.
        entity.__typename ??= target.__typename;
        applyRewrites(rewrites, entity, types);
      }
      merge(target, entity, types);
    }
  }
}

/** Like `mergeEntities`, with parts of its own for each place: the plan will do different things to them. */
export function mergeApart(
  received: readonly unknown[],
  { targets, positions }: FoundEntities,
  { rewrites }: EntityOutput,
  types: TypeTest,
): void {
  targets.forEach((target, index) => {
    const entity = received[positions[index]!];
    if (!isObject(entity)) return;
    const part = copy(entity);
    part.__typename ??= target.__typename;
    applyRewrites(rewrites, part, types);
    merge(target, part, types);
  });
}

/** Tells an error of one entity, at each of the places at which it stands. */
export function reportOfEntity(
  run: Run,
  error: SubgraphAnswerError,
  behind: ResponsePath,
  position: number,
  { paths }: CompiledInput,
  { targets, positions }: FoundEntities,
): void {
  const places = new Map<JsonObject, ResponsePath[]>();
  for (const path of paths) placesBehind(run.fetched.data, path, run.input.types, places);
  const told = new Set<JsonObject>();
  targets.forEach((target, index) => {
    if (positions[index] !== position || told.has(target)) return;
    told.add(target);
    for (const path of places.get(target) ?? [[]]) report(run, error, [...path, ...behind]);
  });
}

/** The places whose entities did not come, each as far as its path goes before it enters a list. */
export function failedPaths(asked: readonly (readonly [CompiledInput, FoundEntities])[]): ResponsePath[] {
  const failed = new Map<string, ResponsePath>();
  for (const [{ paths }, { ends }] of asked) {
    paths.forEach((path, index) => {
      if (ends[index] === (index === 0 ? 0 : ends[index - 1])) return;
      const common = commonPath(path);
      failed.set(common.join(), common);
    });
  }
  return [...failed.values()];
}
