import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchRefused } from './bench.ts';
import { runToEnd } from './child.ts';
import { say } from './progress.ts';

const folder = fileURLToPath(new URL('../', import.meta.url));
const lockfile = join(folder, 'package-lock.json');
const stamp = join(folder, 'node_modules', '.installed-for');

/** Installs the peers into `bench/node_modules` when they are not what the lockfile says. Runs no install script. */
export async function installPeers(): Promise<void> {
  const wanted = readFileSync(lockfile, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing the peers into bench/node_modules (once; about half a minute, 200 MB)');
  const { code, output } = await runToEnd('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: folder,
  });
  if (code !== 0) throw new BenchRefused(`npm ci in bench/ ended with ${code}:\n${output}`);
  writeFileSync(stamp, wanted);
  say('the peers are installed');
}
