import { useQuery } from '../client/use-query.ts';
import { useGraphLanguage } from '../language/language.ts';
import { OrderCatalogue, type OrderCatalogueData } from './operations.ts';

export type Catalogue = OrderCatalogueData['catalogue'];

/** What can be ordered today, in the language of the page. */
export function useCatalogue() {
  return useQuery(OrderCatalogue, { language: useGraphLanguage() });
}

/** The name of an alloy or a finish; its code while the catalogue is under way, or when it has left the catalogue. */
export function labelOf(items: { code: string; label: string }[] | undefined, code: string): string {
  return items?.find((item) => item.code === code)?.label ?? code;
}
