import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Where everything that is not source lives: `DATA_DIR`, default `.data` in the checkout. */
export function dataDir(environment: NodeJS.ProcessEnv): string {
  return resolve(root, environment.DATA_DIR || '.data');
}
