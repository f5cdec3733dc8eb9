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
      await next.compileText(text, operationName);
      warmed++;
    } catch {
      unfit++; // counted: that is all there is to say
    }
  }
  return { warmed, unfit };
}
