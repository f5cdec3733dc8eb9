import type { PriceDocument } from '@alexandrite/schema/events';
import type { MesContext } from '../mes-context.ts';
import { maySeeAccount } from '../order/visible.ts';
import type { Price } from './price.ts';

interface Worded {
  language: 'EN' | 'RU';
}

export const priceResolvers = {
  Price: {
    __resolveReference: async ({ id }: { id: string }, context: MesContext) => {
      const price = await context.prices.load(id);
      return price && maySeeAccount(context.viewer, price.accountId) ? price : null;
    },
    unitMinor: ({ document }: Price) => document.price.unitMinor,
    vatMinor: ({ document }: Price) => document.price.vatMinor,
    lines: ({ document }: Price) => document.price.lines,
    geometry: ({ document, ...price }: Price) => ({
      ...document.geometry,
      triangles: document.model.triangles,
      wallMapSha256: price.wallMapSha256,
    }),
    print: ({ document }: Price) => document.print,
    metal: ({ document }: Price) => document.metal,
    estimate: ({ lowestMinor, highestMinor }: Price) =>
      lowestMinor === null ? null : { lowestMinor, highestMinor },
    manufacturability: ({ document }: Price) => document.manufacturability,
  },
  PriceLine: {
    label: ({ label, labels }: PriceDocument['price']['lines'][number], { language }: Worded) =>
      labels?.[language === 'RU' ? 'ru' : 'en'] ?? label,
    explanation: (
      { explanation, explanations }: PriceDocument['price']['lines'][number],
      { language }: Worded,
    ) => explanations?.[language === 'RU' ? 'ru' : 'en'] ?? explanation ?? null,
  },
  Finding: {
    message: ({ message, messages }: PriceDocument['manufacturability'][number], { language }: Worded) =>
      messages?.[language === 'RU' ? 'ru' : 'en'] ?? message,
  },
  Geometry: {
    wallMap: async (
      { wallMapSha256 }: { wallMapSha256: string | null },
      _: unknown,
      { wallMaps }: MesContext,
    ) => (wallMapSha256 === null ? null : ((await wallMaps.load(wallMapSha256))?.map ?? null)),
  },
};
