import type { BusLog } from '../src/bus.ts';

/** A log for tests in which handlers fail on purpose. */
export const quiet: BusLog = { info: () => {}, warn: () => {}, error: () => {} };
