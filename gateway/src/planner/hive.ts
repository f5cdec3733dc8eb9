import type { Log } from '@alexandrite/telemetry/log';
import { type DocumentNode, GraphQLError, print } from 'graphql';
import { expandedSize } from './expanded-size.ts';
import { translate } from './hive-plan.ts';
import { type NativeHive, PlanningTimeout } from './native-hive.ts';
import type { ActiveLabels } from './override-labels.ts';
import type { QueryPlan } from './plan.ts';
import type { Planner } from './planner.ts';

const deadlineMs = 10_000; // 10 seconds: thousands of times what an ordinary operation takes
/** It writes fragments out before it can be stopped: 30,000 selections take it a second. */
const maxExpandedSize = 10_000;
/** What it takes grows with the square: 1,000 selections take it tens of milliseconds, 10,000 seconds. */
const largeSize = 1_000;
/** Planned in a millisecond or two. */
const briefSize = 200;

/** Hive's planner, in Rust; what it cannot plan, Apollo's does. */
export class HivePlanner implements Planner {
  readonly name = 'hive';
  readonly #native: NativeHive;
  /** Plans large operations, so that nobody else waits behind them. */
  readonly #large: NativeHive;
  /** Plans what the native planner cannot. */
  readonly #fallback: Planner;
  readonly #log: Log;

  constructor(native: NativeHive, large: NativeHive, fallback: Planner, log: Log) {
    this.#native = native;
    this.#large = large;
    this.#fallback = fallback;
    this.#log = log;
  }

  async plan(
    document: DocumentNode,
    operationName: string | undefined,
    labels: ActiveLabels,
  ): Promise<QueryPlan> {
    const size = expandedSize(document);
    if (size > maxExpandedSize) {
      return this.#fallback.plan(document, operationName, labels);
    }
    try {
      const plan = await (size > largeSize ? this.#large : this.#native).plan({
        text: print(document),
        operationName,
        labels: [...labels.names],
        drawn: labels.drawn,
        timeoutMs: deadlineMs,
        brief: size <= briefSize,
      });
      return translate(plan);
    } catch (error) {
      if (error instanceof PlanningTimeout) {
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

  close(): void {
    this.#native.close();
    this.#large.close();
  }
}
