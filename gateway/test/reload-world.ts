import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Closers, openAll } from '@alexandrite/lifecycle/closers';
import { type LogEntry, memoryLog } from '@alexandrite/telemetry/memory-log';
import { build, type Gateway } from '../src/build.ts';
import { settingsDecoder } from '../src/config/settings.ts';
import { compose, type GraphqlAnswer } from './federation.ts';
import { type SubgraphDefinition, startSubgraph, type TestSubgraph } from './subgraph-server.ts';

/** A shop of one subgraph, of which there are versions: each later one has a field more. */
export const shopOf = (version: number): SubgraphDefinition => {
  const names = Array.from({ length: version }, (_, n) => `v${n + 1}`);
  return {
    name: 'shop',
    sdl: `type Query { ${names.map((name) => `${name}: Int`).join(' ')} }`,
    resolvers: { Query: Object.fromEntries(names.map((name, n) => [name, () => n + 1])) },
  };
};

export interface ReloadWorld extends AsyncDisposable {
  gateway: Gateway;
  /** Where the gateway reads its supergraph, unless the settings say otherwise. */
  file: string;
  folder: string;
  entries: LogEntry[];
  /** A subgraph of that version and its supergraph. It lives as long as the world. */
  shop(version: number): Promise<{ subgraph: TestSubgraph; sdl: string }>;
  ask(query: string): Promise<GraphqlAnswer>;
  /** The value of a series, by the beginning of its line. */
  metric(series: string): Promise<number | undefined>;
}

/** A gateway over a shop of version 1. */
export async function startReloadWorld(settings: Record<string, unknown> = {}): Promise<ReloadWorld> {
  const { value, closers } = await openAll((closers) => open(settings, closers));
  return { ...value, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() };
}

async function open(
  settings: Record<string, unknown>,
  closers: Closers,
): Promise<Omit<ReloadWorld, typeof Symbol.asyncDispose>> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-reload-'));
  closers.add('the folder', () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'supergraph.graphql');
  const shop = async (version: number) => {
    const subgraph = closers.use(await startSubgraph(shopOf(version)));
    return { subgraph, sdl: compose([subgraph]) };
  };
  writeFileSync(file, (await shop(1)).sdl);
  const { log, entries } = memoryLog();
  const decoded = settingsDecoder.decode(
    { supergraph: file, port: 0, reload: { debounceMs: 20 }, ...settings },
    '',
  );
  const gateway = closers.use(await build(decoded, { log }), 'the gateway');
  return {
    gateway,
    file,
    folder,
    entries,
    shop,
    async ask(query) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return { status: response.status, ...((await response.json()) as object) };
    },
    async metric(series) {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(series));
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
    },
  };
}

/** As editors and `kubectl` write: another file takes the place of the one before. */
export function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Resolves when it holds; rejects after 30 s. */
export async function eventually(what: string, holds: () => unknown): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it never came to be: ${what}`);
    await pause(10);
  }
}
