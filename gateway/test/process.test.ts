import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compose } from './federation.ts';
import { library } from './library.ts';
import { startSubgraph, type TestSubgraph } from './subgraph-server.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let folder: string;
let file: string;
let sdl: string;
const subgraphs: TestSubgraph[] = [];
beforeAll(async () => {
  for (const definition of library) subgraphs.push(await startSubgraph(definition));
  sdl = compose(subgraphs);
  folder = mkdtempSync(join(tmpdir(), 'gateway-process-'));
  file = join(folder, 'supergraph.graphql');
  writeFileSync(file, sdl);
});
afterAll(async () => {
  for (const subgraph of subgraphs) await subgraph[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Run extends AsyncDisposable {
  child: ChildProcess;
  /** Resolves with what it has said when it says it is ready. */
  url: Promise<string>;
  /** Resolves when these words stand in its log. */
  says(words: string): Promise<void>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
}

function run(...flags: string[]): Run {
  // Nothing of this test's environment reaches the gateway but what Node needs.
  const child = spawn(process.execPath, [main, ...flags], { env: { PATH: process.env.PATH }, stdio: 'pipe' });
  let output = '';
  const url = Promise.withResolvers<string>();
  url.promise.catch(() => undefined);
  const hear = (chunk: Buffer) => {
    output += chunk;
    const found = /"url":"(http[^"]+)\/graphql"/.exec(output)?.[1];
    if (found) url.resolve(found);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<Awaited<Run['ended']>>((resolve) => {
    child.on('close', (code, signal) => {
      url.reject(new Error(`it has ended: ${output}`));
      resolve({ code, signal, output });
    });
  });
  return {
    child,
    url: url.promise,
    async says(words) {
      while (!output.includes(words)) await Promise.race([once(child.stdout, 'data'), ended]);
    },
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe('npm run gateway', () => {
  test('serves a supergraph, adds nothing to an answer, and two signals at once end it as one', async () => {
    await using gateway = run('--supergraph', file, '--port', '0');
    const url = await gateway.url;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ book(id: "b1") { title inStock } __schema { queryType { name } } }' }),
    });
    expect(await response.json()).toEqual({
      data: { book: { title: 'Emeralds', inStock: 3 }, __schema: { queryType: { name: 'Query' } } },
    });
    gateway.child.kill('SIGTERM');
    // npm and a terminal deliver it twice.
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  test('finishes what is under way before it ends', async () => {
    await using gateway = run('--supergraph', file, '--port', '0');
    const url = await gateway.url;
    const shop = subgraphs.find(({ name }) => name === 'shop')!;
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<undefined>();
    shop.intercept = () => {
      asked.resolve();
      return held.promise;
    };
    const answer = fetch(`${url}/graphql?query=${encodeURIComponent('{ book(id: "b1") { inStock } }')}`);
    await asked.promise;
    gateway.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 200));
    shop.intercept = undefined;
    held.resolve(undefined);
    expect(await (await answer).json()).toEqual({ data: { book: { inStock: 3 } } });
    expect(await gateway.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  test('takes a new supergraph up at SIGHUP, and lives on', async () => {
    const own = join(folder, 'of-sighup.graphql');
    writeFileSync(own, sdl);
    const config = join(folder, 'unwatched.json');
    writeFileSync(config, JSON.stringify({ supergraph: own, port: 0, reload: { watch: false } }));
    await using gateway = run('--config', config);
    const url = await gateway.url;
    writeFileSync(own, sdl.replaceAll('inStock', 'onShelf'));
    gateway.child.kill('SIGHUP');
    await gateway.says('a new supergraph is served');
    const response = await fetch(
      `${url}/graphql?query=${encodeURIComponent('{ __type(name: "Book") { fields { name } } }')}`,
    );
    expect(await response.text()).toContain('onShelf');
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ signal: 'SIGTERM' });
  });

  test('takes its supergraph from a URL', async () => {
    const server = createServer((_, response) => response.end(sdl));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await using gateway = run(
      '--supergraph',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/s`,
      '--port',
      '0',
    );
    await gateway.url;
    server.close();
  });

  test.each<[string, string[], number, string]>([
    ['--help', ['--help'], 0, '--supergraph <file|url>'],
    ['a supergraph that is not there', ['--supergraph', '/nothing.graphql'], 1, 'cannot be read'],
    ['no supergraph', [], 2, 'supergraph: expected a text'],
    ['an unknown flag', ['--porrt', '1'], 2, '--porrt'],
    ['a planner that there is not', ['--supergraph', 'x', '--planner', 'x'], 2, 'planner: expected one of'],
  ])('says what is wrong: %s', async (_, flags, code, words) => {
    await using gateway = run(...flags);
    const ended = await gateway.ended;
    expect(ended.output).toContain(words);
    expect(ended.code).toBe(code);
  });
});
