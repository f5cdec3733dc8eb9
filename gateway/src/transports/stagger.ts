/** So that a few clients do not hold up the end. */
const msForEach = 2;
/** How exactly a moment is met. */
const stepMs = 10;

/**
 * Does something to each, every one at a moment of its own, drawn by lot, within `overMs`: what they do next does not come
 * all at once. Takes 2 ms for each of them at most. Resolves after the last.
 */
export async function stagger<T>(all: Iterable<T>, overMs: number, work: (one: T) => void): Promise<void> {
  const turns = Array.from(all, (one) => ({ one, at: Math.random() }));
  turns.sort((a, b) => a.at - b.at);
  const spreadMs = Math.min(overMs, turns.length * msForEach);
  const begun = performance.now();
  for (const { one, at } of turns) {
    while (performance.now() < begun + at * spreadMs) {
      await new Promise((resolve) => setTimeout(resolve, stepMs));
    }
    work(one);
  }
}
