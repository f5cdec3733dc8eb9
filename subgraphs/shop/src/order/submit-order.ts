import type { OrderRecord } from '@alexandrite/baton/order-record';
import { type Refusal, Refused, refusal } from '@alexandrite/baton/refusal';
import type { GraphQLResolveInfo } from 'graphql';
import { answer, type ShopContext } from '../context.ts';
import { Customer } from '../customer/customer.ts';
import { isBuyer, maySee, refuseBuying } from '../customer/who-may.ts';

const promisedAfterMs = 21 * 86_400_000; // three weeks

/** Hands the order to the MES to be priced; again after its price could not be calculated. */
export async function submitOrder(
  context: ShopContext,
  id: string,
  info: GraphQLResolveInfo,
): Promise<OrderRecord | Refusal> {
  const { viewer, shop } = context;
  if (!isBuyer(viewer)) return refuseBuying(viewer);
  const customer = await shop.database.em().findOne(Customer, viewer.sub, { disableIdentityMap: true });
  const perMinute = customer?.submitsPerMinute ?? shop.submitsPerMinute;
  const exceeded = await shop.submitLimit(viewer.sub, perMinute, info);
  if (exceeded) {
    return refusal(
      'RATE_LIMITED',
      `You may submit ${perMinute} orders a minute; try again in ${exceeded.waitSeconds} s.`,
    );
  }
  const result = await shop.baton.hold(
    id,
    async (_tx, order, move) => {
      if (order.status === 'INITIATED') {
        throw new Refused('FILE_MISSING', 'The bytes of the model have not arrived yet.');
      }
      const submittedAt = new Date();
      const promisedAt = new Date(submittedAt.getTime() + promisedAfterMs);
      await move('SUBMITTED', { by: viewer.sub, facts: { submittedAt, promisedAt } });
      return order;
    },
    { visible: (order) => maySee(viewer, order) },
  );
  return answer(context, result);
}
