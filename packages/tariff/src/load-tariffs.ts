import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTariff } from './parse-tariff.ts';
import { type Tariff, TariffError } from './tariff.ts';

/** The tariffs that come with the project. */
export const ownTariffs = join(import.meta.dirname, '..', 'data');

export interface TariffFile {
  tariff: Tariff;
  /** Its name within the folder. */
  file: string;
  /** Of what it says, not of how it is laid out. */
  sha256: string;
}

/**
 * Every `*.json` of a folder, by the day from which it holds. Throws `INVALID_TARIFF`, naming file and key, when one of
 * them is wrong: a service must not start with half a tariff.
 */
export function loadTariffFiles(directory: string = ownTariffs): readonly TariffFile[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const files = names.map((file) => readTariffFile(join(directory, file), file));
  files.sort((one, other) => one.tariff.validFrom.getTime() - other.tariff.validFrom.getTime());
  for (const [index, { tariff }] of files.entries()) {
    const next = files[index + 1]?.tariff;
    if (!next) continue;
    if (next.validFrom.getTime() === tariff.validFrom.getTime())
      throw invalid(`${directory}: two tariffs have the validFrom ${tariff.validFrom.toISOString()}`);
    if (files.some((other, at) => at > index && other.tariff.version === tariff.version))
      throw invalid(`${directory}: two tariffs have the version ${tariff.version}`);
  }
  if (files.length === 0) throw invalid(`${directory}: expected at least one tariff, found no *.json`);
  return files;
}

export function loadTariffs(directory?: string): readonly Tariff[] {
  return loadTariffFiles(directory).map(({ tariff }) => tariff);
}

/** One file, whether or not it lies among others. Throws `INVALID_TARIFF`. */
export function readTariffFile(path: string, file: string): TariffFile {
  const json = readFileSync(path, 'utf8');
  const tariff = parseTariff(json, file);
  const sha256 = createHash('sha256')
    .update(JSON.stringify(JSON.parse(json)))
    .digest('hex');
  return { tariff, file, sha256 };
}

function invalid(text: string): TariffError {
  return new TariffError('INVALID_TARIFF', { en: text, ru: text });
}
