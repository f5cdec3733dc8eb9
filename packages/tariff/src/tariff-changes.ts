/** One value that differs between two documents. */
export interface Change {
  /** Like `alloys.BRASS.minWallMm`. */
  path: string;
  /** Undefined: not there. */
  before: unknown;
  after: unknown;
}

/** What differs between two JSON documents, leaf by leaf, in the order of the second. */
export function changesBetween(before: unknown, after: unknown, path = ''): Change[] {
  if (isTree(before) && isTree(after)) {
    const names = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...names].flatMap((name) =>
      changesBetween(Reflect.get(before, name), Reflect.get(after, name), path ? `${path}.${name}` : name),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** A line for people: `vatPercent: 20 → 22 (+10 %)`. */
export function changeText({ path, before, after }: Change): string {
  const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
  const share =
    typeof before === 'number' && typeof after === 'number' && before !== 0
      ? ` (${after > before ? '+' : ''}${Number(((after / before - 1) * 100).toFixed(1))} %)`
      : '';
  return `${path}: ${shown(before)} → ${shown(after)}${share}`;
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
