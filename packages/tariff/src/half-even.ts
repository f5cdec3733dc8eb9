/**
 * The nearest whole number; a tie goes to the even one, so that many roundings do not add up to a drift.
 * The sixth decimal decides what is a tie: 0.1 + 0.2 kopecks of binary noise must not.
 */
export function halfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = Math.round((value - floor) * 1e6) / 1e6;
  if (fraction < 0.5) return floor + 0; // + 0: never -0
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor + 0 : floor + 1;
}
