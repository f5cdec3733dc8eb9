import type { Log } from '@alexandrite/telemetry/log';
import { GraphQLError } from 'graphql';
import type { Account } from '../budgets/audiences.ts';
import type { Budgets, CostReport } from '../budgets/budgets.ts';
import type { Caller, CallerBudget } from '../caller/caller.ts';
import type { SignCaller } from '../caller/sign-caller.ts';
import { subgraphHeaders } from '../caller/subgraph-headers.ts';
import { execute } from '../execute/execute.ts';
import type { JsonObject } from '../execute/json.ts';
import type { AskingOptions } from '../execute/run.ts';
import { type UnfitValue, unexplained } from '../execute/unfit-value.ts';
import type { CompiledOperation } from '../operation/compile.ts';
import type { PlanNode, QueryPlan } from '../planner/plan.ts';
import { comeBackLater } from '../subgraph/come-back-later.ts';
import type { SubgraphAnswerError } from '../subgraph/subgraph.ts';
import { describeOperation } from './describe-operation.ts';
import type { Generation } from './generation.ts';
import type { EngineMetrics } from './metrics.ts';

export interface Result<Data = JsonObject> {
  data?: Data | null;
  errors?: readonly GraphQLError[];
  extensions?: Record<string, unknown>;
}

/** What a plan has brought, before it is shaped. */
export type Fetched = Awaited<ReturnType<typeof execute>>;

export interface EngineOptions {
  /** Absent where nobody has a budget. */
  budgets: Budgets | undefined;
  /** Signs the caller's claims for the subgraphs. */
  sign: SignCaller | undefined;
  /** Errors as clients may see them. */
  show: (errors: readonly GraphQLError[]) => readonly GraphQLError[];
  /** How long a query or a mutation may take, by its subgraphs; undefined: as long as they may. */
  requestTimeoutMs: number | undefined;
  metrics: EngineMetrics;
  /** How the fetches of one request save each other; absent: not at all. */
  asking?: Pick<AskingOptions, 'once' | 'together'> | undefined;
  log: Log;
}

/** What one execution is about. */
export interface Execution {
  compiled: CompiledOperation;
  /** As the client sent them. */
  variables: JsonObject;
  /** Coerced, with defaults. */
  values: JsonObject;
  caller: Caller;
  budget: CallerBudget;
}

/** Makes the response of what was fetched. */
type Complete<Data> = (execution: Execution, fetched: Fetched) => Result<Data>;

/** Runs compiled operations of a generation, whichever door they came through. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #asking: AskingOptions | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { asking, metrics } = options;
    this.#asking = asking && {
      ...asking,
      onKnown: metrics.entitiesKnown,
      onJoined: metrics.fetchesJoined,
    };
  }

  /** A query or a mutation, from its variables to its answer. */
  execute(
    generation: Generation,
    compiled: CompiledOperation,
    variables: JsonObject,
    caller: Caller,
    options: { dryRun?: boolean } = {},
  ): Promise<Result> {
    const complete: Complete<JsonObject> = (execution, fetched) => this.complete(execution, fetched);
    return this.#measured(generation, compiled, variables, caller, complete, options.dryRun);
  }

  /** As `execute`, with the data as JSON. */
  executeToJson(
    generation: Generation,
    compiled: CompiledOperation,
    variables: JsonObject,
    caller: Caller,
  ): Promise<Result<string>> {
    return this.#measured(generation, compiled, variables, caller, this.#completeToJson, false);
  }

  async #measured<Data>(
    generation: Generation,
    operation: CompiledOperation,
    variables: JsonObject,
    caller: Caller,
    complete: Complete<Data>,
    dryRun = false,
  ): Promise<Result<Data>> {
    const compiled = operation.for(caller.claims);
    describeOperation(compiled);
    const began = performance.now();
    try {
      const coerced = compiled.coerce(variables);
      if ('errors' in coerced) return this.#ended(compiled, caller, began, { errors: coerced.errors });
      const { values } = coerced;
      if (dryRun) {
        const cost = await this.quote(compiled, values, caller);
        return this.#ended<Data>(compiled, caller, began, { data: null, extensions: { cost } });
      }
      let plan: QueryPlan;
      try {
        plan = await compiled.plan(values);
      } catch (error) {
        // What the client may see; anything else is a fault of ours.
        if (!(error instanceof GraphQLError)) throw error;
        return this.#ended(compiled, caller, began, { errors: [error] });
      }
      if (plan.kind === 'subscription') {
        throw new TypeError('a subscription is run by the subscriptions, not by the engine');
      }
      const execution = { compiled, variables, values, caller, budget: null };
      const { budgets } = this.#options;
      const account = budgets?.accountOf(caller);
      const result =
        budgets && account
          ? await this.#paid(generation, execution, plan.root, complete, budgets, account)
          : complete(execution, await this.fetch(generation, execution, plan.root));
      return this.#ended(compiled, caller, began, result);
    } catch (error) {
      this.#options.metrics.operation(caller, compiled.kind, 'fault', began);
      throw error;
    }
  }

  #ended<Data>(
    { kind, name }: CompiledOperation,
    caller: Caller,
    began: number,
    result: Result<Data>,
  ): Result<Data> {
    const { metrics, log } = this.#options;
    const refused = result.errors && result.data === undefined;
    metrics.operation(caller, kind, refused ? 'refused' : result.errors ? 'errors' : 'ok', began);
    if (log.isLevelEnabled('debug')) {
      const ms = Math.round(performance.now() - began);
      log.debug({ operation: name, kind, ms, errors: result.errors?.length ?? 0 }, 'operation');
    }
    return result;
  }

  /** For callers who have a budget. */
  async #paid<Data>(
    generation: Generation,
    execution: Execution,
    root: PlanNode | null,
    complete: Complete<Data>,
    budgets: Budgets,
    account: Account,
  ): Promise<Result<Data>> {
    const { compiled, values } = execution;
    const cost = compiled.cost(values);
    const decision = await budgets.admit(account, cost.requested(values));
    if ('refused' in decision) return { errors: [decision.refused], extensions: { cost: decision.cost } };
    const { admitted } = decision;
    let fetched: Fetched;
    let result: Result<Data>;
    try {
      const paid = { ...execution, budget: admitted.budget };
      fetched = await this.fetch(generation, paid, root);
      result = complete(paid, fetched);
    } catch (error) {
      await admitted.settle(0);
      throw error;
    }
    const report = await admitted.settle(cost.actual(values, fetched.data));
    return { ...result, extensions: { ...result.extensions, cost: report } };
  }

  /** What an operation would cost, without running it. */
  async quote(compiled: CompiledOperation, values: JsonObject, caller: Caller): Promise<CostReport> {
    const requested = compiled.cost(values).requested(values);
    const { budgets } = this.#options;
    const account = budgets?.accountOf(caller);
    return budgets && account
      ? budgets.quote(account, requested)
      : { requestedQueryCost: requested, actualQueryCost: null };
  }

  /** What is told of an operation that was refused before it had a price; undefined for those without a budget. */
  async costOfNothing(caller: Caller): Promise<CostReport | undefined> {
    const { budgets } = this.#options;
    const account = budgets?.accountOf(caller);
    if (!budgets || !account) return undefined;
    return { ...(await budgets.quote(account, 0)), actualQueryCost: 0 };
  }

  /**
   * Runs a plan and shapes what it brought. `data` and `errors` are what is known already, and what is fetched is put
   * there.
   */
  async run(
    generation: Generation,
    execution: Execution,
    plan: PlanNode | null,
    data?: JsonObject,
    errors?: readonly SubgraphAnswerError[],
  ): Promise<Result> {
    return this.complete(execution, await this.fetch(generation, execution, plan, data, errors));
  }

  /** What a subgraph is told of a caller whose subscription it serves. */
  headersFor(caller: Caller): Readonly<Record<string, string>> {
    return subgraphHeaders(caller, null, this.#options.sign)();
  }

  /** The first half of `run`; the errors are as the subgraphs told them. */
  fetch(
    generation: Generation,
    { compiled, variables, values, caller, budget }: Execution,
    plan: PlanNode | null,
    data?: JsonObject,
    errors?: readonly SubgraphAnswerError[],
  ): Promise<Fetched> {
    return execute(
      plan,
      {
        variables,
        types: generation.types,
        send: generation.send,
        headers: subgraphHeaders(caller, budget, this.#options.sign),
        // What has been begun to be changed is finished, whether somebody waits for it or not.
        signal: compiled.kind === 'mutation' ? undefined : caller.signal,
        deadline: compiled.kind === 'subscription' ? undefined : this.#deadlineOf(caller),
        asking: this.#asking,
        locate: (path, fits) => compiled.locate(path, fits, values),
      },
      data,
      errors,
    );
  }

  /** The second half of `run`. */
  complete(execution: Execution, fetched: Fetched): Result {
    const { compiled, values } = execution;
    const shaped = compiled.shape(values)(fetched.data, (field) => compiled.introspect(field, values));
    return this.#withErrors(execution, fetched, shaped);
  }

  readonly #completeToJson: Complete<string> = (execution, fetched) => {
    const { compiled, values } = execution;
    const shaped = compiled.shape(values).json(fetched.data, (field) => compiled.introspect(field, values));
    return this.#withErrors(execution, fetched, shaped);
  };

  #withErrors<Data>(
    { compiled }: Execution,
    fetched: Fetched,
    {
      data,
      errors: unfit,
      denied,
    }: { data: Data | null; errors: readonly UnfitValue[]; denied: readonly GraphQLError[] },
  ): Result<Data> {
    if (fetched.errors.length + unfit.length + denied.length === 0) return { data };
    const errors = denied.length > 0 ? [...fetched.errors, ...denied] : fetched.errors;
    const lost = unexplained(unfit, errors);
    const result: Result<Data> = {};
    if (errors.length > 0) {
      const shown = this.show(errors);
      const isNothing = data === null || (data as unknown) === 'null'; // as JSON, too
      result.errors = isNothing ? comeBackLater(shown, errors) : shown;
    }
    result.data = data;
    if (lost.length > 0) {
      this.#options.log.warn(
        { operation: compiled.name, errors: lost },
        'a subgraph gave values that do not fit',
      );
      result.extensions = { valueCompletion: lost };
    }
    return result;
  }

  /** Errors as the client may see them. */
  show(errors: readonly GraphQLError[]): readonly GraphQLError[] {
    return this.#options.show(errors);
  }

  #deadlineOf({ deadline }: Caller): number | undefined {
    const { requestTimeoutMs } = this.#options;
    if (requestTimeoutMs === undefined) return deadline;
    const own = performance.now() + requestTimeoutMs;
    return deadline === undefined ? own : Math.min(deadline, own);
  }
}
