import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major'; flavor: 'last-resort' }) => void;

/**
 * Starting and rehearsing leave a heap of which two thirds are garbage or empty, and V8 keeps it: it collects when it needs
 * room, and a gateway at rest needs none. Collects once and gives 20 to 30 MB back to the system, for a tenth of a second
 * in which nothing else is done: for `main.ts`, before the first request. What is compiled stays.
 */
export function giveBackMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
