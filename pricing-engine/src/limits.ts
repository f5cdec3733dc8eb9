/** What one file may cost. Configuration; an error that comes of a limit names it. */
export interface Limits {
  maxBytes: number;
  maxTriangles: number;
  maxShells: number;
  /** Wall time of one model in a worker. */
  timeLimitMs: number;
  /** JavaScript heap of one worker; typed arrays are bounded by `maxTriangles`. */
  memoryLimitMb: number;
}

export const defaultLimits: Limits = {
  maxBytes: 256 * 1_048_576,
  maxTriangles: 2_000_000,
  maxShells: 20_000,
  timeLimitMs: 30_000, // 30 seconds
  memoryLimitMb: 512,
};
