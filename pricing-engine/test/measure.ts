import { afterAll } from '@jest/globals';
import { defaultLimits, type Limits } from '../src/limits.ts';
import type { Measured } from '../src/measure-model.ts';
import { Pool } from '../src/worker/pool.ts';

const pools = new Map<string, Pool>();
afterAll(async () => {
  await Promise.all([...pools.values()].map((pool) => pool[Symbol.asyncDispose]()));
});

/** Measures in a thread: inside Jest's own context every look at a global is slow, and measuring looks at many. */
export function measure(bytes: Uint8Array<ArrayBuffer>, limits: Partial<Limits> = {}): Promise<Measured> {
  const name = JSON.stringify(limits);
  const pool =
    pools.get(name) ?? new Pool({ size: 1, limits: { ...defaultLimits, ...limits }, maxWaiting: 8 });
  pools.set(name, pool);
  return pool.run(bytes);
}

/** The volume, or the code of the refusal. */
export async function volumeOrCode(bytes: Uint8Array<ArrayBuffer>): Promise<number | string> {
  try {
    return (await measure(bytes)).features.volumeMm3;
  } catch (error) {
    if (error instanceof Error && error.name === 'Refusal' && 'code' in error) return String(error.code);
    throw error;
  }
}
