const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long after each failed attempt the next one comes: eleven attempts over a day, 23.7 hours without the jitter. */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  6 * hour,
  10 * hour,
];

/** After attempt `attempts` (the first is 1), give or take a tenth; null when that was the last one. */
export function retryDelay(attempts: number, delays: readonly number[] = retryDelaysMs): number | null {
  const delay = delays[attempts - 1];
  return delay === undefined ? null : delay * (0.9 + Math.random() / 5);
}
