import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');

/** Name → licence as its own package.json says, of every direct dependency; null where it is for another machine. */
function directDependencies(): Map<string, string | null> {
  const found = new Map<string, string | null>();
  const workspaces = globSync(
    [
      'package.json',
      '{schema,gateway,pricing-engine,web,e2e,bench,deploy/local}/package.json',
      '{packages,subgraphs}/*/package.json',
    ],
    { cwd: root },
  );
  for (const path of workspaces) {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'));
    const names = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    );
    for (const name of names) {
      if (name.startsWith('@types/') || name.startsWith('@alexandrite/')) continue;
      found.set(name, licence(name, path));
    }
  }
  return found;
}

function licence(name: string, workspace: string): string | null {
  for (const folder of [join(workspace, '..', 'node_modules'), 'node_modules']) {
    try {
      return JSON.parse(readFileSync(join(root, folder, name, 'package.json'), 'utf8')).license;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return null;
}

const lines = new Map(
  page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, names, licences] = line.split('|');
      return [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => [name!, licences!.trim()] as const);
    }),
);

test('docs/dependencies.md explains every direct dependency, and nothing else', () => {
  const names = [...directDependencies().keys()].sort();
  expect([...lines.keys()].filter((name) => name !== '@types/*').sort()).toEqual(names);
});

test('the licences on that page are those that the packages have', () => {
  for (const [name, own] of directDependencies()) {
    if (own === null) continue;
    const said = lines.get(name)?.replaceAll(' or ', ' OR ').split(', ') ?? [];
    expect({ name, said }).toEqual({ name, said: expect.arrayContaining([own]) });
  }
});
