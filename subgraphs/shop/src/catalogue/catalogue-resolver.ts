import type { Resolvers } from '@alexandrite/subgraph';
import { type CatalogueEntry, catalogue } from '@alexandrite/tariff/catalogue';
import type { ShopContext } from '../context.ts';

export const catalogueResolvers = {
  Query: {
    catalogue: (_: unknown, _args: unknown, { shop }: ShopContext) => {
      const tariff = shop.tariff();
      return { ...catalogue(tariff), tariffVersion: tariff.version };
    },
  },
  CatalogueItem: {
    label: ({ label }: CatalogueEntry, { language }: { language: 'EN' | 'RU' }) =>
      language === 'RU' ? label.ru : label.en,
  },
} satisfies Resolvers;
