/** An estimate of a price and the band around it, minor units. */
export interface Band {
  totalMinor: number;
  lowestMinor: number;
  highestMinor: number;
}

/** So much of the price no estimate is surer than: supports and hidden areas differ by that in models that look the same. */
const narrowest = 0.02;
/** The share of estimates that shall hold the exact price; a little more than is promised. */
const held = 0.95;
/** Fewer say nothing about a twentieth. */
const fewest = 20;
/** A single strange model must not make every band useless. */
const widest = 5;

/** Never narrower than is honest, then so many times as wide as experience asks for. */
export function widened({ totalMinor, lowestMinor, highestMinor }: Band, factor: number): Band {
  const least = totalMinor * narrowest;
  const below = Math.max(least, totalMinor - lowestMinor) * factor;
  const above = Math.max(least, highestMinor - totalMinor) * factor;
  return {
    totalMinor,
    lowestMinor: Math.max(0, Math.floor(totalMinor - below)),
    highestMinor: Math.ceil(totalMinor + above),
  };
}

/** How many times as wide the band would have had to be to just hold the exact price. */
export function missedBy({ totalMinor, lowestMinor, highestMinor }: Band, exactMinor: number): number {
  const off = exactMinor - totalMinor;
  return Math.abs(off) / Math.max(1, off < 0 ? totalMinor - lowestMinor : highestMinor - totalMinor);
}

/**
 * By what bands have to be widened, from what those of earlier models would have had to be: conformal prediction. Each
 * model was estimated before it was measured, from others only.
 * @param missed by `missedBy`, of bands that were widened by 1
 */
export function widening(missed: readonly number[]): number {
  if (missed.length < fewest) return 1;
  const sorted = missed.toSorted((one, other) => one - other);
  const rank = Math.min(sorted.length, Math.ceil((sorted.length + 1) * held));
  return Math.min(widest, Math.max(1, sorted[rank - 1]!));
}
