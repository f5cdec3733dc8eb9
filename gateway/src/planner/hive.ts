import type { Log } from '@alexandrite/telemetry/log';
import type { QueryPlanner } from '@graphql-hive/router-query-planner';
import { type DocumentNode, GraphQLError, print } from 'graphql';
import { expandedSize } from './expanded-size.ts';
import { translate } from './hive-plan.ts';
import type { ActiveLabels } from './override-labels.ts';
import type { QueryPlan } from './plan.ts';
import type { Planner } from './planner.ts';

const deadlineMs = 10_000; // 10 seconds: thousands of times what an ordinary operation takes
/** It writes fragments out before it can be stopped: 30,000 selections take it a second. */
const maxExpandedSize = 10_000;

/** Hive's planner, in Rust. It works on a thread of its own, so that a large operation keeps nobody waiting. */
export class HivePlanner implements Planner {
  readonly name = 'hive';
  readonly #native: QueryPlanner;
  /** Plans what the native planner cannot. */
  readonly #fallback: Planner;
  readonly #log: Log;

  constructor(native: QueryPlanner, fallback: Planner, log: Log) {
    this.#native = native;
    this.#fallback = fallback;
    this.#log = log;
  }

  async plan(
    document: DocumentNode,
    operationName: string | undefined,
    labels: ActiveLabels,
  ): Promise<QueryPlan> {
    if (expandedSize(document) > maxExpandedSize) {
      return this.#fallback.plan(document, operationName, labels);
    }
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      const { names, drawn } = labels;
      return translate(
        await this.#native.planAsync(print(document), operationName, new Set(names), drawn, deadline),
      );
    } catch (error) {
      if (deadline.aborted) {
        throw new GraphQLError(`This operation was not planned within ${deadlineMs} ms.`, {
          extensions: { code: 'PLANNING_FAILED' },
        });
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn(
        { operation: operationName ?? null, reason },
        'an operation is planned by the other planner',
      );
      return this.#fallback.plan(document, operationName, labels);
    }
  }
}
