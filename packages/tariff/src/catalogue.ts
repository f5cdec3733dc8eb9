import { loadTariffs } from './load-tariffs.ts';
import { type Label, type Tariff, tariffAt } from './tariff.ts';

/** What can be ordered: codes and what to call them. */
export interface Catalogue {
  alloys: readonly CatalogueEntry[];
  finishes: readonly CatalogueEntry[];
  maxQuantity: number;
}

export interface CatalogueEntry {
  code: string;
  label: Label;
}

let own: readonly Tariff[] | undefined;

/** What can be ordered now, by the tariffs that come with the package, or of a given tariff. */
export function catalogue(tariff: Tariff = current()): Catalogue {
  return {
    alloys: Object.entries(tariff.alloys).map(([code, { label }]) => ({ code, label })),
    finishes: Object.entries(tariff.finishes).map(([code, { label }]) => ({ code, label })),
    maxQuantity: tariff.maxQuantity,
  };
}

/** The codes that `alloy` may have now. */
export function alloyCodes(tariff: Tariff = current()): readonly string[] {
  return Object.keys(tariff.alloys);
}

/** The codes that `finish` may have now. */
export function finishCodes(tariff: Tariff = current()): readonly string[] {
  return Object.keys(tariff.finishes);
}

function current(): Tariff {
  own ??= loadTariffs();
  return tariffAt(own, new Date());
}
