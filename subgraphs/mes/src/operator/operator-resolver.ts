import type { MesContext } from '../mes-context.ts';
import { maySeeFloor } from '../order/visible.ts';

export const operatorResolvers = {
  Operator: {
    /** By id for staff only; a customer meets the operator of an order through that order. */
    __resolveReference: ({ id }: { id: string }, context: MesContext) =>
      maySeeFloor(context.viewer) ? context.operators.load(id) : null,
  },
};
