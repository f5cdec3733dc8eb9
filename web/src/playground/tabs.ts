import type { Operation } from '../client/operation.ts';
import {
  CustomerOrders,
  OperatorWork,
  SellerQueue,
  TakeWork,
  WatchMyOrders,
  WatchPrice,
  WatchWorkshop,
  WhoAmI,
} from './operations.ts';
import type { words } from './words.ts';

/** The tabs of somebody who opens the playground for the first time: something to run for each role. */
export function firstTabs(say: (typeof words)['en']): { query: string; variables?: string }[] {
  const tab = (title: string, operation: Operation<unknown, never>, variables?: object) => ({
    query: `# ${title}\n${operation.text}\n`,
    variables: variables && JSON.stringify(variables, null, 2),
  });
  return [
    tab(say.anyone, WhoAmI),
    tab(say.customer, CustomerOrders),
    tab(say.price, WatchPrice, { orderId: '' }),
    tab(say.moves, WatchMyOrders),
    tab(say.seller, SellerQueue),
    tab(say.workshop, WatchWorkshop),
    tab(say.operator, OperatorWork),
    tab(say.take, TakeWork, { id: '' }),
  ];
}
