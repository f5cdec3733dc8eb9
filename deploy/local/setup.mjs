/**
 * Makes a checkout ready to run: dependencies, Node 24, PostgreSQL's libraries, the pages. Called by npm before every
 * command, so it must cost nothing when nothing is to be done. Plain JavaScript without dependencies, because it runs
 * under whatever Node the machine has, before `node_modules` exists. Speaks on stderr only: the stdout of
 * `npm run --silent price` and `token` belongs to them.
 *
 * --quiet      say nothing unless something is done
 * --no-web     leave the pages alone
 * --for-tests  also say which servers are missing, whose tests will be skipped
 */
import { fileURLToPath } from 'node:url';
import { installDependencies, isInstalled } from './setup/dependencies.mjs';
import { onlyOne } from './setup/only-one.mjs';
import { linkPostgresLibraries, postgresLibrariesLinked } from './setup/postgres-libraries.mjs';
import { SetupError, say } from './setup/say.mjs';
import { missingServers } from './setup/servers.mjs';
import { buildPages, pagesBuilt } from './setup/web-pages.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const flags = new Set(process.argv.slice(2));
const steps = [
  { done: isInstalled, work: installDependencies },
  { done: postgresLibrariesLinked, work: linkPostgresLibraries },
];
if (!flags.has('--no-web')) steps.push({ done: pagesBuilt, work: buildPages });

try {
  const began = Date.now();
  const ready = () => steps.every((step) => step.done(root));
  if (!ready()) {
    await onlyOne(root, async () => {
      for (const step of steps) if (!step.done(root)) await step.work(root);
    });
    say(`set up in ${Math.round((Date.now() - began) / 1000)} s`);
  } else if (!flags.has('--quiet')) {
    say('everything is set up');
  }
  if (flags.has('--for-tests')) for (const line of missingServers()) say(line);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(`failed: ${error.message}`);
  process.exitCode = 1;
}
