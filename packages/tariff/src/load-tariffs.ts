import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTariff } from './parse-tariff.ts';
import { type Tariff, TariffError } from './tariff.ts';

const ownData = join(import.meta.dirname, '..', 'data');

/**
 * Every `*.json` of a folder, by the day from which it holds. Throws `INVALID_TARIFF`, naming file and key, when one of
 * them is wrong: a service must not start with half a tariff.
 */
export function loadTariffs(directory: string = ownData): readonly Tariff[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const tariffs = files.map((name) => parseTariff(readFileSync(join(directory, name), 'utf8'), name));
  tariffs.sort((a, b) => a.validFrom.getTime() - b.validFrom.getTime());
  for (const [index, tariff] of tariffs.entries()) {
    const next = tariffs[index + 1];
    if (!next) continue;
    if (next.validFrom.getTime() === tariff.validFrom.getTime())
      throw invalid(`${directory}: two tariffs have the validFrom ${tariff.validFrom.toISOString()}`);
    if (tariffs.some((other, at) => at > index && other.version === tariff.version))
      throw invalid(`${directory}: two tariffs have the version ${tariff.version}`);
  }
  if (tariffs.length === 0) throw invalid(`${directory}: expected at least one tariff, found no *.json`);
  return tariffs;
}

function invalid(text: string): TariffError {
  return new TariffError('INVALID_TARIFF', { en: text, ru: text });
}
