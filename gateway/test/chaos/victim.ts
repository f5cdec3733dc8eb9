import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../../../e2e/harness/until.ts';

/** A process that is killed with -9 and started again with the same port. */
export class Victim implements AsyncDisposable {
  readonly name: string;
  readonly #script: string;
  readonly #args: readonly string[];
  readonly #environment: Record<string, string>;
  readonly #isReady: () => Promise<boolean>;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(
    name: string,
    script: string,
    args: readonly string[],
    environment: Record<string, string>,
    isReady: () => Promise<boolean>,
  ) {
    this.name = name;
    this.#script = script;
    this.#args = args;
    this.#environment = environment;
    this.#isReady = isReady;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.#script, ...this.#args], {
      env: { PATH: process.env.PATH, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-4_000);
      });
    }
    await until(
      `${this.name} is ready`,
      async () => child.exitCode !== null || (await this.#isReady()),
      120_000, // 2 minutes: machines are shared
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#output}`);
    });
    if (child.exitCode !== null) throw new Error(`${this.name} has ended: ${this.#output}`);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
