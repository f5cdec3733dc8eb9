import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats } from '../../e2e/harness/servers.ts';
import { startServer } from '../src/child.ts';
import type { Behind } from './contestants.ts';

export const production = { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1' };

/** Where all events of a run come from. */
export class Source implements AsyncDisposable {
  readonly behind: Behind;
  readonly #control: string;
  readonly #stack: AsyncDisposableStack;
  #serial = 0;

  private constructor(behind: Behind, control: string, stack: AsyncDisposableStack) {
    this.behind = behind;
    this.#control = control;
    this.#stack = stack;
  }

  static async start(): Promise<Source> {
    await using opening = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'bench-subscriptions-'));
    opening.defer(() => rm(folder, { recursive: true }));
    const nats = opening.use(await startNats());
    const script = join(import.meta.dirname, 'source.ts');
    const server = opening.use(await startServer(script, [folder, nats.url], { env: production }));
    const { ticks, products, control } = server.ready as Record<'ticks' | 'products' | 'control', string>;
    return new Source({ folder, natsUrl: nats.url, ticks, products }, control, opening.move());
  }

  /** Of the last event. */
  get serial(): number {
    return this.#serial;
  }

  /** Events right after another, the next serials; resolves with how often products were ever fetched. */
  async emit(events: number): Promise<number> {
    const first = this.#serial + 1;
    this.#serial += events;
    const answer = await fetch(`${this.#control}?first=${first}&count=${events}`, { method: 'POST' });
    return ((await answer.json()) as { fetches: number }).fetches;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
