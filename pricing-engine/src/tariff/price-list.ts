import { join } from 'node:path';
import { type Tariff, tariffAt } from '@alexandrite/tariff';
import { withFixing } from '@alexandrite/tariff/metal-fixings';
import { TariffAudit } from '@alexandrite/tariff/tariff-audit';
import { TariffBook } from '@alexandrite/tariff/tariff-book';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { MetalFeed } from './metal-feed.ts';

export interface PriceListOptions {
  /** A folder of tariffs; undefined: those that come with the project. */
  tariffs: string | undefined;
  metals: { source: string; everyMs: number; maxAgeMs: number } | null;
  /** Where audit and fixings are kept. */
  dataDir: string;
  log: Log;
  registry: Metrics;
}

/** What holds at an instant. */
export interface Prices {
  /** With the metals' prices of that time. */
  tariff: Tariff;
  /** The feed has said nothing for too long; null where there is none. */
  metalIsStale: boolean;
}

/** The tariffs and the metals' prices, as they are now: both change without a new start. */
export class PriceList implements AsyncDisposable {
  readonly #book: TariffBook;
  readonly #feed: MetalFeed | null;

  /** Throws `INVALID_TARIFF`. */
  static async open({ tariffs, metals, dataDir, log, registry }: PriceListOptions): Promise<PriceList> {
    const changes = registry.counter({
      name: 'pricing_tariff_changes_total',
      help: 'Changes of tariffs and of metal prices, taken up or refused.',
      labelNames: ['what', 'outcome'],
    });
    // An increase is seen of what was there before.
    for (const what of ['tariff', 'metals']) changes.inc({ what, outcome: 'refused' }, 0);
    const audit = new TariffAudit(join(dataDir, 'tariff-audit.jsonl'));
    const book = new TariffBook({
      folder: tariffs,
      onTakenUp: (files) => {
        changes.inc({ what: 'tariff', outcome: 'taken_up' });
        log.info({ versions: files.map(({ tariff }) => tariff.version) }, 'tariffs are taken up');
        try {
          audit.note(files, 'pricing-engine');
        } catch (error) {
          // A disk that is full must not keep prices from being made.
          log.error({ err: error }, 'the audit of tariffs could not be written');
        }
      },
      onRefused: (error) => {
        changes.inc({ what: 'tariff', outcome: 'refused' });
        log.error({ code: error.code, reason: error.message }, 'a change of tariffs is refused');
      },
    });
    const feed =
      metals &&
      (await MetalFeed.open({
        ...metals,
        history: join(dataDir, 'metal-fixings.json'),
        onTakenUp: ({ asOf, minorPerGram }) => {
          changes.inc({ what: 'metals', outcome: 'taken_up' });
          log.info({ asOf, ...minorPerGram }, 'new prices of metals');
        },
        onRefused: (error) => {
          changes.inc({ what: 'metals', outcome: 'refused' });
          log.error({ err: error }, 'the feed of metal prices is refused');
        },
      }));
    registry.gauge({
      name: 'pricing_metal_price_age_seconds',
      help: 'How old the newest price of metals is; none without a feed, or before its first price.',
      labelNames: ['source'],
      collect() {
        const now = new Date();
        const newest = feed?.at(now);
        if (newest) this.set({ source: 'feed' }, (+now - +newest.fixing.validFrom) / 1_000);
      },
    });
    return new PriceList(book, feed);
  }

  private constructor(book: TariffBook, feed: MetalFeed | null) {
    this.#book = book;
    this.#feed = feed;
  }

  /** Throws `NO_TARIFF` before the first. */
  at(instant: Date): Prices {
    const tariff = tariffAt(this.#book.tariffs, instant);
    if (!this.#feed) return { tariff, metalIsStale: false };
    const fixed = this.#feed.at(instant);
    // A tariff that began after the last fixing knows the metals better.
    const isNewer = fixed && fixed.fixing.validFrom >= tariff.validFrom;
    return {
      tariff: isNewer ? withFixing(tariff, fixed.fixing) : tariff,
      metalIsStale: fixed?.isStale ?? true,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#feed?.[Symbol.asyncDispose]();
    await this.#book[Symbol.asyncDispose]();
  }
}
