import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadTariffFiles, ownTariffs, type TariffFile } from './load-tariffs.ts';
import { type Tariff, TariffError } from './tariff.ts';

export interface TariffBookOptions {
  /** Default: the tariffs that come with the project. */
  folder?: string | undefined;
  /** How often the folder is looked at. Default 2,000 ms. */
  everyMs?: number;
  /** Called with everything that holds from now on, also when the book is opened. */
  onTakenUp?: (files: readonly TariffFile[]) => void;
  /** Called when a change is no good; what was there before goes on. */
  onRefused?: (error: TariffError) => void;
  now?: () => Date;
}

/**
 * The tariffs of a folder as they are now: a file that is added or changed is taken up within seconds, all files or none.
 * A tariff that is in force is never changed or removed, since prices were quoted from it: such a change is refused.
 */
export class TariffBook implements AsyncDisposable {
  readonly #folder: string;
  readonly #options: TariffBookOptions;
  readonly #timer: NodeJS.Timeout;
  #files: readonly TariffFile[];
  #seen: string;

  /** Throws `INVALID_TARIFF`: nobody starts with half a tariff. */
  constructor(options: TariffBookOptions = {}) {
    this.#options = options;
    this.#folder = options.folder ?? ownTariffs;
    this.#seen = this.#look();
    this.#files = loadTariffFiles(this.#folder);
    options.onTakenUp?.(this.#files);
    this.#timer = setInterval(() => this.refresh(), options.everyMs ?? 2_000).unref();
  }

  get tariffs(): readonly Tariff[] {
    return this.#files.map(({ tariff }) => tariff);
  }

  /** Looks at the folder at once. */
  refresh(): void {
    try {
      const seen = this.#look();
      if (seen === this.#seen) return;
      this.#seen = seen;
      const files = loadTariffFiles(this.#folder);
      this.#refuseRewriting(files);
      this.#files = files;
      this.#options.onTakenUp?.(files);
    } catch (error) {
      this.#options.onRefused?.(asTariffError(error, this.#folder));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }

  #refuseRewriting(files: readonly TariffFile[]): void {
    const now = this.#options.now?.() ?? new Date();
    for (const { tariff, file, sha256 } of this.#files) {
      if (tariff.validFrom > now) continue;
      const after = files.find((other) => other.tariff.version === tariff.version);
      if (after?.sha256 === sha256) continue;
      throw invalid(
        `${after?.file ?? file}: the tariff ${tariff.version} is in force and prices were quoted from it, so it is not ` +
          `${after ? 'changed' : 'removed'}: put it back, and make a new file with a version and a validFrom of its own`,
      );
    }
  }

  /** What the folder looks like from outside. */
  #look(): string {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    return names
      .sort()
      .map((name) => {
        const { size, mtimeMs, ino } = statSync(join(this.#folder, name));
        return `${name} ${size} ${mtimeMs} ${ino}`;
      })
      .join('\n');
  }
}

function asTariffError(error: unknown, folder: string): TariffError {
  if (error instanceof TariffError) return error;
  return invalid(`${folder}: ${error instanceof Error ? error.message : error}`);
}

function invalid(text: string): TariffError {
  return new TariffError('INVALID_TARIFF', { en: text, ru: text });
}
