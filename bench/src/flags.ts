import { BenchRefused } from './bench.ts';

/** A whole number from a flag. Throws `BenchRefused` that names the flag. */
export function wholeNumber(flag: string, text: string, lowest: number, highest: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < lowest || value > highest)
    throw new BenchRefused(`--${flag}: expected a whole number from ${lowest} to ${highest}, got "${text}"`);
  return value;
}
