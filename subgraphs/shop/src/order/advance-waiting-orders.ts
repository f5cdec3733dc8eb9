import type { OrderRecord } from '@alexandrite/baton/order-record';
import { isRefusal } from '@alexandrite/baton/refusal';
import { Model } from '../model/model.ts';
import type { Shop } from '../shop.ts';

type Waiting = Pick<Shop, 'database' | 'baton' | 'log'>;

const atATime = 100;

/**
 * Moves the orders whose bytes are there to FILE_UPLOADED: those of one model when its upload ends, and those of all
 * models now and then, since a process may die between the two.
 */
export async function advanceWaitingOrders(shop: Waiting, modelId?: string): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const waiting = await shop.database.em().execute<{ id: string }[]>(
      `select orders.id from orders join models on models.id = orders.model_id
        where orders.status = 'INITIATED' and models.sha256 is not null and orders.id > ?
              ${modelId ? 'and orders.model_id = ?' : ''}
        order by orders.id limit ${atATime}`,
      modelId ? [after, modelId] : [after],
    );
    for (const { id } of waiting) await advanceIfUploaded(shop, id);
    const last = waiting.at(-1);
    if (!last || waiting.length < atATime) return;
    after = last.id;
  }
}

/** The order in FILE_UPLOADED, or null when it does not wait, or its bytes are not there. */
export async function advanceIfUploaded(shop: Waiting, orderId: string): Promise<OrderRecord | null> {
  const result = await shop.baton.hold(orderId, async (tx, order, move) => {
    if (order.status !== 'INITIATED') return null;
    const model = await tx.findOneOrFail(Model, order.modelId);
    if (!model.sha256) return null;
    await move('FILE_UPLOADED', { by: order.accountId, facts: { modelSha256: model.sha256 } });
    return order;
  });
  // Somebody may have cancelled it meanwhile.
  return isRefusal(result) ? null : result;
}
