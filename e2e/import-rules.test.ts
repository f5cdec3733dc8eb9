import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

/**
 * Imports run one way: web and the services stand on the packages, the packages on the schema; services never import one
 * another. What starts or tests everything (deploy, e2e, bench) may import anything. Circles of files are Biome's.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const SKIP = new Set(['node_modules', 'dist', '.data', '.git', 'coverage']);

interface Import {
  /** The workspace, as a path from the root: `packages/bus`. */
  from: string;
  file: string;
  target: string;
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (SKIP.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function workspaceOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'packages' || first === 'subgraphs' || first === 'deploy' ? `${first}/${second}` : first;
}

/** `@alexandrite/bus` → `packages/bus`, read from the manifests. */
const workspaceByName = new Map(
  [
    'schema',
    'gateway',
    'pricing-engine',
    'web',
    'e2e',
    'deploy/local',
    ...below('packages'),
    ...below('subgraphs'),
  ].map((folder) => [
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name as string,
    folder,
  ]),
);

function below(folder: string): string[] {
  return readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
}

function importsOf(file: string): Import[] {
  const path = relative(root, file);
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g);
  const imports: Import[] = [];
  for (const [, specifier = ''] of found) {
    const target = specifier.startsWith('.')
      ? workspaceOf(relative(root, resolve(dirname(file), specifier)))
      : workspaceByName.get(specifier.split('/').slice(0, 2).join('/'));
    if (target !== undefined) imports.push({ from: workspaceOf(path), file: path, target });
  }
  return imports;
}

function layerOf(workspace: string): 'top' | 'web' | 'service' | 'package' | 'schema' {
  if (workspace === 'schema' || workspace === 'web') return workspace;
  if (workspace.startsWith('packages/')) return 'package';
  if (workspace.startsWith('subgraphs/') || workspace === 'gateway' || workspace === 'pricing-engine')
    return 'service';
  return 'top';
}

const MAY_IMPORT = {
  top: ['top', 'web', 'service', 'package', 'schema'],
  web: ['schema'],
  service: ['package', 'schema'],
  package: ['package', 'schema'],
  schema: [],
} as const;

const imports = [...sources(root)].flatMap(importsOf);
const isTest = (file: string) => /\.test\.tsx?$|\/test\//.test(file);

test('imports run from web and services to packages to the schema, never between services', () => {
  expect(imports.length).toBeGreaterThan(100); // the scan finds what it is to judge
  const wrong = imports.filter(({ from, file, target }) => {
    if (from === target) return false;
    if (isTest(file) && (target === 'e2e' || target === 'deploy/local')) return false; // servers for tests
    return !(MAY_IMPORT[layerOf(from)] as readonly string[]).includes(layerOf(target));
  });
  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test('packages do not import one another in circles', () => {
  const edges = new Map<string, Set<string>>();
  for (const { from, file, target } of imports) {
    if (from === target || isTest(file) || layerOf(from) !== 'package') continue;
    edges.set(from, (edges.get(from) ?? new Set()).add(target));
  }
  const circles: string[] = [];
  const visit = (name: string, path: string[]) => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' → '));
    else for (const next of edges.get(name) ?? []) visit(next, [...path, name]);
  };
  for (const name of edges.keys()) visit(name, []);
  expect([...new Set(circles)]).toEqual([]);
});

test('another workspace is imported by its name, not by a path into it', () => {
  const wrong: string[] = [];
  for (const file of sources(root)) {
    const path = relative(root, file);
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/\bfrom\s*'(\.[^'\n]+)'/g)) {
      const target = workspaceOf(relative(root, resolve(dirname(file), specifier)));
      if (target !== workspaceOf(path) && target !== 'e2e') wrong.push(`${path} imports ${specifier}`);
    }
  }
  expect(wrong).toEqual([]);
});
