import { defaultLimits, type Limits } from './limits.ts';

const variables: Record<keyof Limits, string> = {
  maxBytes: 'PRICING_MAX_BYTES',
  maxTriangles: 'PRICING_MAX_TRIANGLES',
  maxShells: 'PRICING_MAX_SHELLS',
  timeLimitMs: 'PRICING_TIME_LIMIT_MS',
  memoryLimitMb: 'PRICING_MEMORY_LIMIT_MB',
};

/** The limits, from the environment where it says something. Throws a TypeError that names the variable. */
export function readLimits(environment: NodeJS.ProcessEnv): Limits {
  const limits = { ...defaultLimits };
  for (const [limit, variable] of Object.entries(variables) as [keyof Limits, string][]) {
    const text = environment[variable];
    if (!text) continue;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1)
      throw new TypeError(`${variable}: expected a whole number from 1, got ${JSON.stringify(text)}`);
    limits[limit] = value;
  }
  return limits;
}
