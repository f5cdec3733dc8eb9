import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Generation } from '../engine/generation.ts';
import type { Generations } from '../engine/generations.ts';
import type { MakeGeneration } from '../engine/make-generation.ts';
import { type Warming, warm } from '../engine/warm.ts';
import { type ReloadMetrics, reloadMetrics } from './reload-metrics.ts';
import { asText, type ChangeCause, type SupergraphSource, type SupergraphText } from './source.ts';
import { changesBetween } from './subgraph-changes.ts';
import { SupergraphError } from './supergraph-error.ts';

export type ReloadCause = ChangeCause | 'signal';
export type ReloadOutcome = 'installed' | 'unchanged' | 'refused' | 'unreadable';

export interface ReloadsOptions {
  source: SupergraphSource;
  generations: Generations;
  make: MakeGeneration;
  warming: Warming;
  metrics: Metrics;
  log: Log;
}

/**
 * Brings new supergraphs into service, one at a time. One that cannot be read or served is refused, and what is served
 * stays.
 */
export class Reloads implements AsyncDisposable {
  readonly #options: ReloadsOptions;
  readonly #metrics: ReloadMetrics;
  /** Why the next one is wanted, while one is under way or about to begin. */
  #wanted: ReloadCause | undefined;
  #working: Promise<void> | undefined;
  /** What has been refused is not tried again until it changes, or somebody says so. */
  #refused: string | undefined;
  /** Said already. */
  #unreadable: string | undefined;
  #closed = false;

  constructor(options: ReloadsOptions) {
    this.#options = options;
    this.#metrics = reloadMetrics(options.metrics, options.generations);
    options.source.watch((cause) => this.reload(cause));
  }

  /**
   * Looks for a new supergraph. Resolves when what there was at this moment, or something newer, has been installed or
   * refused: those who ask while one is being built wait for the next. Never rejects.
   */
  async reload(cause: ReloadCause): Promise<void> {
    if (this.#closed) return;
    if (this.#wanted !== 'signal') this.#wanted = cause;
    this.#working ??= this.#work();
    await this.#working;
  }

  async #work(): Promise<void> {
    try {
      while (this.#wanted && !this.#closed) {
        const cause = this.#wanted;
        this.#wanted = undefined;
        this.#metrics.ended(await this.#once(cause).catch((error) => this.#failed(error, cause)));
      }
    } finally {
      this.#working = undefined;
    }
  }

  async #once(cause: ReloadCause): Promise<ReloadOutcome> {
    const { source, generations, make, log } = this.#options;
    const began = performance.now();
    let text: SupergraphText;
    try {
      const sdl = await source.read(cause === 'signal');
      this.#unreadable = undefined;
      if (sdl === null) return this.#refused === undefined ? 'unchanged' : 'refused';
      text = asText(sdl);
    } catch (error) {
      if (!this.#closed) this.#sayUnreadable(error, cause);
      return 'unreadable';
    }
    const { hash } = text;
    const before = generations.current();
    if (hash === this.#refused && cause !== 'signal') return 'refused';
    if (hash === before.hash) {
      this.#refused = undefined;
      if (cause === 'signal') log.info({ cause, hash: short(hash) }, 'the supergraph has not changed');
      return 'unchanged';
    }
    let next: Generation;
    try {
      next = await make(text);
    } catch (error) {
      this.#refused = hash;
      const reason = error instanceof Error ? error.message : String(error);
      log.error(
        { code: 'SUPERGRAPH_INVALID', cause, source: source.name, hash: short(hash), reason },
        'a supergraph cannot be served: the one before stays',
      );
      return 'refused';
    }
    this.#refused = undefined;
    const warmed = await warm(before, next, this.#options.warming, () => this.#closed);
    if (this.#closed) {
      await next.retire();
      return 'unchanged';
    }
    generations.install(next);
    log.info(
      {
        cause,
        generation: next.number,
        hash: short(hash),
        before: short(before.hash),
        ...changesBetween(before.supergraph.subgraphs, next.supergraph.subgraphs),
        ...warmed,
        ms: Math.round(performance.now() - began),
      },
      'a new supergraph is served',
    );
    return 'installed';
  }

  /** A fault of ours; what is served stays. */
  #failed(error: unknown, cause: ReloadCause): ReloadOutcome {
    this.#options.log.error({ err: error, cause }, 'a reload has failed: the supergraph before stays');
    return 'refused';
  }

  #sayUnreadable(error: unknown, cause: ReloadCause): void {
    const code = error instanceof SupergraphError ? error.code : 'SUPERGRAPH_UNREADABLE';
    const reason = error instanceof Error ? error.message : String(error);
    const level = reason === this.#unreadable ? 'debug' : 'error';
    this.#unreadable = reason;
    this.#options.log[level](
      { code, cause, reason, err: error },
      'a supergraph cannot be read: the one before stays',
    );
  }

  /** Waits for what is under way, which installs nothing any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#options.source[Symbol.asyncDispose]();
    await this.#working;
  }
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
