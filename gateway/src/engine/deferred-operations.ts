import type { Log } from '@alexandrite/telemetry/log';
import type { Admission, Budgets, CostReport } from '../budgets/budgets.ts';
import type { Caller } from '../caller/caller.ts';
import { either } from '../caller/caller-signal.ts';
import { type DeferredRun, runDeferring } from '../execute/deferred.ts';
import type { JsonObject } from '../execute/json.ts';
import { copy, merge } from '../execute/merge.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import type { CompiledDeferral } from '../operation/compile-deferral.ts';
import { describeOperation } from './describe-operation.ts';
import type { Engine, Execution, Result } from './engine.ts';
import type { Generation } from './generation.ts';
import type { EngineMetrics } from './metrics.ts';
import { type PartResult, Parts, type Pending } from './parts.ts';

/** An answer in parts. `rest` must be read to its end, or returned. */
export interface AnswerInParts {
  initial: Result;
  pending: readonly Pending[];
  rest: AsyncIterableIterator<NextParts, undefined>;
}

/** What has come since. The last one says that there is nothing more. */
export interface NextParts {
  parts: readonly PartResult[];
  /** What will come because of them. */
  pending: readonly Pending[];
  hasNext: boolean;
  /** Of the whole operation; the last one has them. */
  extensions?: Readonly<Record<string, unknown>>;
}

export interface DeferredOperationsOptions {
  /** Without it everything comes at once. */
  enabled: boolean;
  engine: Engine;
  budgets: Budgets | undefined;
  metrics: EngineMetrics;
  /** For all fetches of an operation together; absent: no bound. */
  requestTimeoutMs: number | undefined;
  log: Log;
}

/** Runs queries and mutations of which fragments are deferred, for clients that take an answer in parts. */
export class DeferredOperations {
  readonly #options: DeferredOperationsOptions;

  constructor(options: DeferredOperationsOptions) {
    this.#options = options;
  }

  /** One answer where nothing is deferred after all, or nothing of what is deferred has an object to be told of. */
  async execute(
    generation: Generation,
    operation: CompiledOperation,
    variables: JsonObject,
    caller: Caller,
  ): Promise<{ single: Result } | { parts: AnswerInParts }> {
    const compiled = operation.for(caller.claims);
    const coerced = compiled.coerce(variables);
    const mayDefer = this.#options.enabled && compiled.defers && 'values' in coerced;
    const deferral = mayDefer ? await compiled.deferral(coerced.values) : null;
    if (!deferral || !('values' in coerced)) {
      return { single: await this.#options.engine.execute(generation, compiled, variables, caller) };
    }
    const { values } = coerced;
    describeOperation(compiled);
    const admission = await this.#admit(compiled, values, caller);
    if (admission && 'refused' in admission) return { single: admission.refused };
    const execution: Execution = {
      compiled,
      variables,
      values,
      caller,
      budget: admission?.admitted.budget ?? null,
    };
    return new DeferredOperation(this.#options, generation, execution, deferral, admission?.admitted).begin();
  }

  async #admit(
    compiled: CompiledOperation,
    values: JsonObject,
    caller: Caller,
  ): Promise<{ refused: Result } | { admitted: Admission } | undefined> {
    const { budgets, metrics } = this.#options;
    const account = budgets?.accountOf(caller);
    if (!budgets || !account) return undefined;
    const decision = await budgets.admit(account, compiled.cost(values).requested(values));
    if ('admitted' in decision) return decision;
    metrics.operation(caller, compiled.kind, 'refused', performance.now());
    return { refused: { errors: [decision.refused], extensions: { cost: decision.cost } } };
  }
}

/** One operation that comes in parts. */
class DeferredOperation {
  readonly #options: DeferredOperationsOptions;
  readonly #generation: Generation;
  readonly #execution: Execution;
  readonly #admission: Admission | undefined;
  readonly #fetched: readonly JsonObject[];
  readonly #parts: Parts;
  readonly #began = performance.now();
  readonly #leave = new AbortController();
  #outcome: 'ok' | 'errors' | 'fault' = 'ok';
  #ending: Promise<CostReport | undefined> | undefined;

  constructor(
    options: DeferredOperationsOptions,
    generation: Generation,
    execution: Execution,
    deferral: CompiledDeferral,
    admission: Admission | undefined,
  ) {
    const { engine, log, requestTimeoutMs } = options;
    const { compiled, values, caller } = execution;
    this.#options = options;
    this.#generation = generation;
    this.#admission = admission;
    const { signal } = this.#leave;
    this.#execution = {
      ...execution,
      caller: {
        ...caller,
        signal: caller.signal ? either(caller.signal, signal) : signal,
        deadline:
          requestTimeoutMs === undefined
            ? caller.deadline
            : Math.min(caller.deadline ?? Number.POSITIVE_INFINITY, this.#began + requestTimeoutMs),
      },
    };
    this.#fetched = deferral.plans.map(() => ({}));
    this.#parts = new Parts({
      deferral,
      runs: deferral.plans.map((plan, index) => this.#run(plan, this.#fetched[index]!)),
      fetched: this.#fetched,
      introspect: (field) => compiled.introspect(field, values),
      types: generation.types,
      show: (errors) => engine.show(errors),
      onFault: (error) => {
        this.#outcome = 'fault';
        log.error({ err: error, operation: compiled.name }, 'a deferred part failed');
      },
      onLost: (errors) =>
        log.warn({ operation: compiled.name, errors }, 'a subgraph gave values that do not fit'),
    });
  }

  async begin(): Promise<{ single: Result } | { parts: AnswerInParts }> {
    // Other supergraphs may come meanwhile.
    this.#generation.retain();
    let initial: Result;
    try {
      initial = await this.#parts.initial();
    } catch (error) {
      this.#outcome = 'fault';
      await this.#end();
      throw error;
    }
    this.#note(initial);
    if (!this.#parts.hasNext) {
      const cost = await this.#end();
      return { single: cost ? { ...initial, extensions: { ...initial.extensions, cost } } : initial };
    }
    const { signal } = this.#execution.caller;
    const rest = this.#rest();
    // Whoever leaves ends it, whether anybody reads what is left or not.
    const onLeave = () => {
      rest.return?.().catch((error: unknown) => this.#options.log.error({ err: error }, 'not settled'));
    };
    if (signal?.aborted) onLeave();
    else signal?.addEventListener('abort', onLeave, { once: true });
    return { parts: { initial, pending: this.#parts.announce(), rest } };
  }

  #run(plan: CompiledDeferral['plans'][number], data: JsonObject): DeferredRun {
    return runDeferring(plan, async (node) => {
      const { errors } = await this.#options.engine.fetch(this.#generation, this.#execution, node, data);
      return errors;
    });
  }

  #rest(): AsyncIterableIterator<NextParts, undefined> {
    const over = Promise.withResolvers<null>();
    let done = false;
    const iterator: AsyncIterableIterator<NextParts, undefined> = {
      next: async () => {
        if (done) return { value: undefined, done: true };
        if (!this.#parts.hasNext) {
          done = true;
          // Those who have a budget are told its state by a message of its own, which clients do not take for a part's.
          const cost = await this.#end();
          return {
            value: { parts: [], pending: [], hasNext: false, ...(cost ? { extensions: { cost } } : {}) },
          };
        }
        const parts = await Promise.race([this.#parts.next(), over.promise]);
        if (!parts) return { value: undefined, done: true };
        for (const part of parts) this.#note(part);
        const hasNext = this.#parts.hasNext || this.#admission !== undefined;
        if (!hasNext) {
          done = true;
          await this.#end();
        }
        return { value: { parts, pending: this.#parts.announce(), hasNext } };
      },
      return: async () => {
        done = true;
        over.resolve(null);
        await this.#end();
        return { value: undefined, done: true };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  #note({ errors }: Result): void {
    if (errors && this.#outcome === 'ok') this.#outcome = 'errors';
  }

  /** What is still under way is given up; what was fetched is paid. Idempotent. */
  #end(): Promise<CostReport | undefined> {
    // In a turn of its own: giving up what is under way ends it, too.
    this.#ending ??= Promise.resolve().then(() => this.#settle());
    return this.#ending;
  }

  async #settle(): Promise<CostReport | undefined> {
    this.#leave.abort();
    const { metrics, log } = this.#options;
    const { caller, compiled: operation } = this.#execution;
    const { name, kind } = operation;
    metrics.operation(caller, kind, this.#outcome, this.#began);
    if (log.isLevelEnabled('debug')) {
      const ms = Math.round(performance.now() - this.#began);
      log.debug({ operation: name, kind, ms, outcome: this.#outcome }, 'operation in parts');
    }
    this.#generation.release();
    if (!this.#admission) return undefined;
    const { compiled, values } = this.#execution;
    const all: JsonObject = {};
    for (const data of this.#fetched) merge(all, copy(data), this.#generation.types);
    const actual = this.#outcome === 'fault' ? 0 : compiled.cost(values).actual(values, all);
    return this.#admission.settle(actual);
  }
}
