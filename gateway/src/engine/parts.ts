import { GraphQLError } from 'graphql';
import { gatewayError } from '../errors.ts';
import type { DeferredRun } from '../execute/deferred.ts';
import type { JsonObject } from '../execute/json.ts';
import { type PartPlace, partPlaces } from '../execute/part-places.ts';
import type { ResponsePath } from '../execute/place.ts';
import type { TypeTest } from '../execute/type-test.ts';
import { unexplained } from '../execute/unfit-value.ts';
import type { CompiledDeferral, CompiledPart, CompiledSelection } from '../operation/compile-deferral.ts';
import type { Result } from './engine.ts';

/** What of a part is told of one object. */
export interface PartResult extends Result {
  id: string;
  data: JsonObject | null;
  path: ResponsePath;
  label: string | undefined;
}

/** A part of one object that will come. */
export interface Pending {
  id: string;
  path: ResponsePath;
  label?: string;
}

export interface PartsOptions {
  deferral: CompiledDeferral;
  /** For each plan of the deferral. */
  runs: readonly DeferredRun[];
  /** What each of them brings. */
  fetched: readonly JsonObject[];
  introspect: Parameters<CompiledSelection['shape']>[1];
  types: TypeTest;
  /** Makes errors of subgraphs what the client may see. */
  show: (errors: readonly GraphQLError[]) => readonly GraphQLError[];
  /** Something of ours went wrong: the client is told no more than that. */
  onFault: (error: unknown) => void;
  /** Values that no error explains did not fit. */
  onLost: (errors: readonly GraphQLError[]) => void;
}

interface Part {
  compiled: CompiledPart;
  state: 'fetching' | 'fetched' | 'broken' | 'told';
  errors: GraphQLError[];
  /** Its objects; null as long as what it is inside of has not been told. */
  places: PendingPlace[] | null;
}

type PendingPlace = PartPlace & { id: string };

/** What is told of an operation, piece by piece: a part as soon as it is there, never before what it is inside of. */
export class Parts {
  readonly #options: PartsOptions;
  readonly #parts: readonly Part[];
  /** All that subgraphs have said so far: what explains a value that is missing. */
  readonly #known: GraphQLError[] = [];
  #pending: Pending[] = [];
  #ids = 0;
  #changed = Promise.withResolvers<void>();

  constructor(options: PartsOptions) {
    this.#options = options;
    this.#parts = options.deferral.parts.map((compiled) => ({
      compiled,
      state: 'fetching',
      errors: [],
      places: null,
    }));
    for (const part of this.#parts) this.#watch(part);
  }

  /** What comes at once. Rejects with a fault of ours. */
  async initial(): Promise<Result> {
    const { deferral, runs, fetched } = this.#options;
    const errors = this.#assign(null, await runs[0]!.initial);
    const place = { path: [], fetched: fetched[0]! };
    const { data, extensions } = this.#shape(deferral.initial, place);
    return this.#result(data, [...errors, ...this.#open(null, [place], [data])], extensions);
  }

  /** Whether there is anything still to be told. */
  get hasNext(): boolean {
    return this.#parts.some((part) => this.#isOpen(part));
  }

  /** What is there by now, at least one part of one object; waits for it. Call it only when there is more. */
  async next(): Promise<readonly PartResult[]> {
    for (;;) {
      const results: PartResult[] = [];
      // A part stands behind the one that it is inside of.
      for (const part of this.#parts) {
        if (part.state !== 'fetching' && part.state !== 'told' && part.places)
          results.push(...this.#tell(part));
      }
      if (results.length > 0) return results;
      await this.#changed.promise;
    }
  }

  /** What will come, as far as it is known since the last call. */
  announce(): readonly Pending[] {
    const announced = this.#pending;
    this.#pending = [];
    return announced;
  }

  #watch(part: Part): void {
    const { runs, onFault } = this.#options;
    const { mark, plan } = part.compiled;
    const run = runs[plan]!;
    // A part of which its plan knows nothing needs nothing of its own.
    const done = mark === null ? run.initial : (run.parts.get(mark) ?? Promise.resolve([]));
    done.then(
      (errors) => {
        part.errors.push(...this.#assign(part, errors));
        this.#change(part, 'fetched');
      },
      (error: unknown) => {
        onFault(error);
        this.#change(part, 'broken');
      },
    );
  }

  #change(part: Part, state: Part['state']): void {
    part.state = state;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #tell(part: Part): PartResult[] {
    const { compiled } = part;
    const places = part.places ?? [];
    const shaped = places.map((place) =>
      part.state === 'broken' ? { data: null, extensions: undefined } : this.#shape(compiled, place),
    );
    const broken = part.state === 'broken';
    part.state = 'told';
    const strays = this.#open(
      part,
      places,
      shaped.map(({ data }) => data),
    );
    return places.map((place, index) => {
      const { id, path } = place;
      const { data, extensions } = shaped[index]!;
      const errors = broken
        ? [gatewayError('INTERNAL_SERVER_ERROR', 'Something went wrong here.', { path })]
        : errorsAt(place, [...part.errors, ...strays]);
      return { id, path, label: compiled.label, ...this.#result(data, errors, extensions) };
    });
  }

  #result(
    data: JsonObject | null,
    errors: readonly GraphQLError[],
    extensions: Result['extensions'],
  ): Result & { data: JsonObject | null } {
    return {
      data,
      ...(errors.length > 0 ? { errors: this.#options.show(errors) } : {}),
      ...(extensions ? { extensions } : {}),
    };
  }

  #shape(
    { shape }: CompiledSelection,
    { path, fetched }: PartPlace,
  ): { data: JsonObject | null; extensions: Result['extensions'] } {
    const { introspect, onLost } = this.#options;
    const shaped = shape(fetched, introspect);
    const lost = unexplained(shaped.errors, this.#known, path).map((error) =>
      movedTo([...path, ...(error.path ?? [])], error),
    );
    if (lost.length > 0) onLost(lost);
    return { data: shaped.data, extensions: lost.length > 0 ? { valueCompletion: lost } : undefined };
  }

  /**
   * Something has been told: the parts inside of it have their objects now. Gives back errors that are of no object of
   * theirs: something around has become null because of them.
   */
  #open(
    teller: Part | null,
    places: readonly PartPlace[],
    told: readonly (JsonObject | null)[],
  ): GraphQLError[] {
    const { fetched, types } = this.#options;
    const strays: GraphQLError[] = [];
    for (const part of this.#parts) {
      const { parent, path, mark, plan, label } = part.compiled;
      if ((parent === null ? null : this.#parts[parent]) !== teller) continue;
      const objects = places.flatMap((place, index) => {
        const data = told[index];
        if (!data) return [];
        // A part of the root has data of its own.
        return mark === null ? [{ ...place, fetched: fetched[plan]! }] : partPlaces(path, place, data, types);
      });
      part.places = objects.map((place) => ({ ...place, id: String(this.#ids++) }));
      for (const { id, path } of part.places) {
        this.#pending.push({ id, path, ...(label === undefined ? {} : { label }) });
      }
      const isStray = (error: GraphQLError) => !objects.some((place) => errorsAt(place, [error]).length > 0);
      for (const inside of this.#parts) {
        if (!this.#isWithin(inside, part)) continue;
        strays.push(...inside.errors.filter(isStray));
        inside.errors = inside.errors.filter((error) => !isStray(error));
      }
    }
    return strays;
  }

  /** Whether it is the other part, or inside of it at any depth. */
  #isWithin(part: Part, other: Part): boolean {
    const { parent } = part.compiled;
    return part === other || (parent !== null && this.#isWithin(this.#parts[parent]!, other));
  }

  /** Not when it has no objects, or when what it is inside of has none. */
  #isOpen(part: Part): boolean {
    if (part.state === 'told') return false;
    if (part.places) return part.places.length > 0;
    const { parent } = part.compiled;
    return parent === null || this.#isOpen(this.#parts[parent]!);
  }

  /** Those errors that belong to whoever has fetched; the others go to the parts inside, whose fields were fetched along. */
  #assign(owner: Part | null, errors: readonly GraphQLError[]): GraphQLError[] {
    const { deferral } = this.#options;
    this.#known.push(...errors);
    const own: GraphQLError[] = [];
    for (const error of errors) {
      const names = (error.path ?? []).filter((step) => typeof step === 'string');
      const ownKeys = owner ? this.#keysOf(owner.compiled) : [];
      const selection = owner?.compiled ?? deferral.initial;
      const other = hasBelow(selection, ownKeys, names)
        ? undefined
        : this.#parts.find(
            (part) =>
              part.state !== 'told' &&
              part.compiled.plan === (owner?.compiled.plan ?? 0) &&
              hasBelow(part.compiled, this.#keysOf(part.compiled), names),
          );
      if (other) other.errors.push(error);
      else own.push(error);
    }
    return own;
  }

  #keysOf({ parent, path: { steps } }: CompiledPart): string[] {
    const above = parent === null ? [] : this.#keysOf(this.#parts[parent]!.compiled);
    return [...above, ...steps.flatMap((step) => (step.kind === 'field' ? [step.key] : []))];
  }
}

/** Whether something at `keys` has the field at `names`, or is behind it. */
function hasBelow(selection: CompiledSelection, keys: readonly string[], names: readonly string[]): boolean {
  const length = Math.min(keys.length, names.length);
  for (let index = 0; index < length; index++) if (keys[index] !== names[index]) return false;
  return selection.has(names.slice(keys.length));
}

/** Errors of what is told of one object: those below it, and those above it, which are its own here. */
function errorsAt({ path }: PartPlace, errors: readonly GraphQLError[]): GraphQLError[] {
  return errors.flatMap((error) => {
    const at = error.path ?? [];
    const length = Math.min(at.length, path.length);
    for (let index = 0; index < length; index++) if (at[index] !== path[index]) return [];
    return [at.length >= path.length ? error : movedTo(path, error)];
  });
}

function movedTo(path: ResponsePath, error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    path: path.length > 0 ? path : undefined,
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    originalError: error.originalError,
    extensions: error.extensions,
  });
}
