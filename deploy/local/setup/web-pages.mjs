import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';

const SKIP = new Set(['node_modules', 'dist', '.vite']);

/** Whether the built pages are those of the present sources. */
export function pagesBuilt(root) {
  if (!existsSync(join(root, 'web', 'vite.config.ts'))) return true;
  const stamp = stampFile(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash(root);
}

export async function buildPages(root) {
  say('building the pages');
  const own = join(root, 'node_modules', '.bin', 'node');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const before = sourcesHash(root);
  const { code, output } = await run(
    'building the pages',
    existsSync(own) ? own : process.execPath,
    [vite, 'build'],
    {
      cwd: join(root, 'web'),
    },
  );
  if (code !== 0)
    throw new SetupError(`the pages could not be built:\n${output.trim().split('\n').slice(-15).join('\n')}`);
  writeFileSync(stampFile(root), before);
}

function stampFile(root) {
  return join(root, 'web', 'dist', '.sources');
}

/** Everything a page is made of: its sources, the public schema, and the versions of what it imports. */
function sourcesHash(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const files = [...filesUnder(join(root, 'web')), ...filesUnder(join(root, 'schema'))].filter(
    (file) => !file.endsWith('.test.ts'),
  );
  for (const file of files.sort())
    hash.update(`${file.slice(root.length).split(sep).join('/')}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIP.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}
