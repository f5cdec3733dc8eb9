import { defaultLimits, type Limits } from '../src/limits.ts';
import { type Measured, measureModel } from '../src/measure-model.ts';

/** Measures in this thread, knowing nothing beforehand. */
export function measure(bytes: Uint8Array, limits: Partial<Limits> = {}): Promise<Measured> {
  return measureModel(bytes, {
    limits: { ...defaultLimits, ...limits },
    onStep: () => {},
    findKnown: async () => null,
  });
}

/** The volume, or the code of the refusal. */
export async function volumeOrCode(bytes: Uint8Array, limits?: Partial<Limits>): Promise<number | string> {
  try {
    return (await measure(bytes, limits)).features.volumeMm3;
  } catch (error) {
    if (error instanceof Error && error.name === 'Refusal' && 'code' in error) return String(error.code);
    throw error;
  }
}
