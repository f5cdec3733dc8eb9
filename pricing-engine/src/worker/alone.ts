/** The process of `measureAlone`: one model, in one thread, then it is ended by who asked. */
import type { Limits } from '../limits.ts';
import type { Measured } from '../measure-model.ts';
import { Refusal, type Sentence } from '../refusal.ts';
import { Pool } from './pool.ts';

export interface AloneQuestion {
  bytes: Uint8Array;
  limits: Limits;
}

export type AloneAnswer =
  | { kind: 'measured'; measured: Measured }
  | { kind: 'refused'; code: string; text: Sentence }
  | { kind: 'died'; reason: string };

process.once('message', async ({ bytes, limits }: AloneQuestion) => {
  const pool = new Pool({ size: 1, limits });
  process.send!(await measured(pool, new Uint8Array(bytes)));
});
// Who asked is gone.
process.once('disconnect', () => process.exit(1));

async function measured(pool: Pool, bytes: Uint8Array<ArrayBuffer>): Promise<AloneAnswer> {
  try {
    return { kind: 'measured', measured: await pool.run(bytes, { findShapes: async () => [] }) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', code: error.code, text: error.text };
    return { kind: 'died', reason: String(error) };
  }
}
