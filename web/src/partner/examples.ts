import type { Operation } from '../client/operation.ts';
import { AnnounceModel, MyBudget, NewestOrders, OrdersToFollow, WhatCanBeOrdered } from './operations.ts';

export interface Example {
  name: 'NewestOrders' | 'OrdersToFollow' | 'WhatCanBeOrdered' | 'MyBudget' | 'AnnounceModel';
  query: string;
  variables: string;
}

const example = <Variables>(
  name: Example['name'],
  operation: Operation<unknown, Variables>,
  variables: Variables,
): Example => ({
  name,
  query: operation.text,
  variables: Object.keys(variables as object).length === 0 ? '' : JSON.stringify(variables, null, 2),
});

/** What a partner asks first; checked against the schema like every other operation of the pages. */
export const EXAMPLES: readonly [Example, ...Example[]] = [
  example('NewestOrders', NewestOrders, {}),
  example('OrdersToFollow', OrdersToFollow, { status: ['SUBMITTED', 'PRICE_CALCULATED'] }),
  example('WhatCanBeOrdered', WhatCanBeOrdered, {}),
  example('MyBudget', MyBudget, {}),
  example('AnnounceModel', AnnounceModel, { filename: 'ring.stl', bytes: 18_484 }),
];
