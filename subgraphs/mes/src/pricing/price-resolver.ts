import type { MesContext } from '../mes-context.ts';
import { maySeeAccount } from '../order/visible.ts';
import type { Price } from './price.ts';

export const priceResolvers = {
  Price: {
    __resolveReference: async ({ id }: { id: string }, context: MesContext) => {
      const price = await context.prices.load(id);
      return price && maySeeAccount(context.viewer, price.accountId) ? price : null;
    },
    unitMinor: ({ document }: Price) => document.price.unitMinor,
    vatMinor: ({ document }: Price) => document.price.vatMinor,
    lines: ({ document }: Price) => document.price.lines,
    geometry: ({ document }: Price) => ({ ...document.geometry, triangles: document.model.triangles }),
    print: ({ document }: Price) => document.print,
    metal: ({ document }: Price) => document.metal,
    estimate: ({ lowestMinor, highestMinor }: Price) =>
      lowestMinor === null ? null : { lowestMinor, highestMinor },
    manufacturability: ({ document }: Price) => document.manufacturability,
  },
};
