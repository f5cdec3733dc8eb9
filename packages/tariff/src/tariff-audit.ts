import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TariffFile } from './load-tariffs.ts';

/** A line of the audit: that a version was taken up, by whom and why as far as that is known. */
export interface TariffEntry {
  at: string;
  version: string;
  validFrom: string;
  file: string;
  sha256: string;
  /** Who installed it, or the service that found it in its folder. */
  by: string;
  reason: string | null;
}

/** What became of tariffs, one JSON object a line, only ever appended to. */
export class TariffAudit {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Notes what is not noted yet: versions that are new, or say something else than before. */
  note(files: readonly TariffFile[], by: string, reason: string | null = null): TariffEntry[] {
    const known = new Map(this.entries().map(({ version, sha256 }) => [version, sha256]));
    const fresh = files.filter(({ tariff, sha256 }) => known.get(tariff.version) !== sha256);
    const entries = fresh.map(({ tariff, file, sha256 }) => ({
      at: new Date().toISOString(),
      version: tariff.version,
      validFrom: tariff.validFrom.toISOString(),
      file,
      sha256,
      by,
      reason,
    }));
    if (entries.length > 0) {
      mkdirSync(dirname(this.#path), { recursive: true });
      appendFileSync(this.#path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    }
    return entries;
  }

  /** Oldest first; a line that a crash has cut short is left out. */
  entries(): TariffEntry[] {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return text
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as TariffEntry);
  }
}
