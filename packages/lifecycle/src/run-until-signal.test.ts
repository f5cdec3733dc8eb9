import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';

const script = fileURLToPath(new URL('../test/service-process.ts', import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

class Run {
  readonly lines: string[] = [];
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  readonly #child: ChildProcess;

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(this.#child);
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.lines.push(...text.trim().split('\n'));
    });
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      running.delete(this.#child);
      return { code, signal };
    });
  }

  kill(signal: NodeJS.Signals) {
    this.#child.kill(signal);
  }

  async said(word: string) {
    while (!this.lines.includes(word)) await once(this.#child.stdout!, 'data');
  }
}

test('a signal closes last-in-first-out and the process dies of it', async () => {
  const run = new Run();
  await run.said('ready');
  run.kill('SIGTERM');
  expect(await run.ended).toEqual({ code: null, signal: 'SIGTERM' });
  expect(run.lines).toEqual(['ready', 'stopping', 'closed last opened', 'closed first opened', 'stopped']);
});

test('a signal delivered twice at once is one signal', async () => {
  const run = new Run('200');
  await run.said('ready');
  run.kill('SIGINT');
  run.kill('SIGTERM');
  expect((await run.ended).code).toBe(null);
  expect(run.lines).toContain('stopped');
});

test('a later second signal ends the process at once', async () => {
  const run = new Run('60000');
  await run.said('ready');
  run.kill('SIGTERM');
  await run.said('stopping');
  await new Promise((resolve) => setTimeout(resolve, 400)); // just past `sameSignalMs`: the length itself is tested
  run.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  expect(run.lines).toContain('second signal, ending at once');
});

test('the deadline cuts a close that never ends', async () => {
  const run = new Run('60000');
  await run.said('ready');
  run.kill('SIGTERM');
  expect((await run.ended).code).toBe(1);
  expect(run.lines).toContain('closing took too long, ending anyway');
});

test('a failing close still closes the rest and exits with 1', async () => {
  const run = new Run('0', 'close');
  await run.said('ready');
  run.kill('SIGTERM');
  expect((await run.ended).code).toBe(1);
  expect(run.lines).toEqual([
    'ready',
    'stopping',
    'closed last opened',
    'closed first opened',
    'closing failed',
  ]);
});

test('a failing start closes what was open and exits with 1', async () => {
  const run = new Run('0', 'start');
  expect((await run.ended).code).toBe(1);
  expect(run.lines).toEqual(['could not start', 'closed last opened', 'closed first opened']);
});
