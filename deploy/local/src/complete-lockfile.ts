import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * npm leaves optional packages out of package-lock.json when its registry mirror does not carry those of other
 * platforms, and `npm ci` then refuses the file. This adds them, with the platform their name says.
 * `--check` changes nothing and exits with 1 when something is missing.
 */
interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));
const lockfile = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };
const added: string[] = [];

for (const [path, locked] of Object.entries(lockfile.packages)) {
  for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    lockfile.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      dev: locked.dev,
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}

if (added.length === 0) {
  console.log('package-lock.json is complete');
} else if (process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${added.join(', ')}: run npm run lockfile`);
  process.exitCode = 1;
} else {
  const sorted = Object.entries(lockfile.packages).sort(([a], [b]) => a.localeCompare(b, 'en')); // npm's own order
  lockfile.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
  console.log(`added to package-lock.json: ${added.join(', ')}`);
}

/** Node's way of looking a package up: beside the one that wants it, then further and further out. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (lockfile.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const match = /-(aix|android|darwin|freebsd|linux|openharmony|sunos|win32)-([a-z0-9]+)(?:-(\w+))?$/.exec(
    name,
  );
  if (!match?.[1] || !match[2])
    throw new Error(`${name} is not in package-lock.json, and its name says no platform`);
  const [, os, cpu, abi = ''] = match;
  if (os !== 'linux' || abi === '') return { cpu: [cpu], os: [os] };
  return { cpu: [cpu], libc: [abi.startsWith('musl') ? 'musl' : 'glibc'], os: [os] };
}
