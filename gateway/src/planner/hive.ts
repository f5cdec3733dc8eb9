import type { Log } from '@alexandrite/telemetry/log';
import type { QueryPlanner } from '@graphql-hive/router-query-planner';
import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, print } from 'graphql';
import { expandedSize } from './expanded-size.ts';
import { translate } from './hive-plan.ts';
import { withoutIntrospection } from './introspection.ts';
import type { QueryPlan } from './plan.ts';
import type { Planner } from './planner.ts';

const deadlineMs = 10_000; // 10 seconds: thousands of times what an ordinary operation takes
/** It writes fragments out before it can be stopped: 30,000 selections take it a second. */
const maxExpandedSize = 10_000;

export interface HivePlannerOptions {
  native: QueryPlanner;
  apiSchema: GraphQLSchema;
  /** Plans what the native planner cannot. */
  fallback: Planner;
  log: Log;
}

/** Hive's planner, in Rust. It works on a thread of its own, so that a large operation keeps nobody waiting. */
export class HivePlanner implements Planner {
  readonly name = 'hive';
  readonly #options: HivePlannerOptions;
  readonly #rootTypes: ReadonlySet<string>;

  constructor(options: HivePlannerOptions) {
    this.#options = options;
    const { apiSchema } = options;
    const roots = [apiSchema.getQueryType(), apiSchema.getMutationType(), apiSchema.getSubscriptionType()];
    this.#rootTypes = new Set(roots.flatMap((type) => type?.name ?? []));
  }

  async plan(document: DocumentNode, operationName: string | undefined): Promise<QueryPlan> {
    const { native, fallback, log } = this.#options;
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new TypeError(`there is no operation ${operationName ?? 'without a name'}`);
    const asked = withoutIntrospection(document, operation, this.#rootTypes);
    if (!asked) return { kind: 'operation', root: null };
    if (expandedSize(asked) > maxExpandedSize) return fallback.plan(document, operationName);
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      return translate(await native.planAsync(print(asked), operationName, none, 100, deadline));
    } catch (error) {
      if (deadline.aborted) throw refusal(`It was not planned within ${deadlineMs} ms.`);
      const reason = error instanceof Error ? error.message : String(error);
      // Nothing leads there. Another planner would leave it out, and the client would take the null for an answer.
      if (reason.includes('No paths found')) throw refusal(reason);
      log.warn({ operation: operationName ?? null, reason }, 'an operation is planned by the other planner');
      return fallback.plan(document, operationName);
    }
  }
}

const none: Set<string> = new Set();

function refusal(reason: string): GraphQLError {
  return new GraphQLError(`This operation cannot be planned. ${reason}`, {
    extensions: { code: 'PLANNING_FAILED' },
  });
}
