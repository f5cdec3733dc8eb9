import type { JsonObject } from '../execute/json.ts';
import { conditionVariables } from '../operation/conditions.ts';
import type { Generation } from './generation.ts';

export interface Warming {
  /** How many operations at most. */
  maxOperations: number;
  /** How long at most. */
  maxMs: number;
}

/**
 * Compiles in a new generation what is used most in the one before, so that its first requests are not its slowest. What
 * does not fit the new supergraph any more is left to those who ask for it.
 */
export async function warm(
  before: Generation,
  next: Generation,
  { maxOperations, maxMs }: Warming,
  isStopped: () => boolean,
): Promise<{ warmed: number; unfit: number }> {
  const deadline = performance.now() + maxMs;
  let warmed = 0;
  let unfit = 0;
  for (const { text, operationName } of before.operations.hottest(maxOperations)) {
    if (isStopped() || performance.now() > deadline) break;
    try {
      const compiled = await next.compileText(text, operationName);
      for (const values of choicesOf(conditionVariables(compiled.document))) await compiled.plan(values);
      warmed++;
    } catch {
      unfit++; // counted: that is all there is to say
    }
  }
  return { warmed, unfit };
}

/** Eight plans of one operation are enough before anybody has asked for one. */
const maxConditions = 3;

/** What `@skip` and `@include` may be given; of too many variables, all false and all true. */
function choicesOf(names: readonly string[]): JsonObject[] {
  const all = (count: number, isTrue: (choice: number, index: number) => boolean) =>
    Array.from({ length: count }, (_, choice) =>
      Object.fromEntries(names.map((name, index) => [name, isTrue(choice, index)])),
    );
  if (names.length === 0) return []; // planned with the operation
  return names.length <= maxConditions
    ? all(2 ** names.length, (choice, index) => (choice & (1 << index)) !== 0)
    : all(2, (choice) => choice === 1);
}
