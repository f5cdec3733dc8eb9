/**
 * How long to wait before attempt `attempt + 1`, in ms: doubles from 200 ms to at most 30 s, less up to a quarter of
 * jitter, so about 0.2 0.4 0.8 1.6 3.2 6.4 12.8 25.6 30 30 … s.
 */
export function retryDelay(attempt: number): number {
  const full = Math.min(30_000, 200 * 2 ** Math.min(attempt - 1, 10));
  return full * (1 - Math.random() / 4);
}
