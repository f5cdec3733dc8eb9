import { setFlagsFromString } from 'node:v8';

/**
 * V8 throws away the code of functions that have not run for a few collections. Under load, a gateway that knows its
 * operations soon has none left of what compiles them, and the next new operation takes several times as long as the code
 * that has been rehearsed would. For `main.ts`, before all else is loaded; at rest it costs no
 * memory that could be measured.
 */
export function keepCompiledCode(): void {
  setFlagsFromString('--no-flush-bytecode');
}
