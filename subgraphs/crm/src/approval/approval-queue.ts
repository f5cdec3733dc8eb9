import type { CursorKey, PageRequest } from '@alexandrite/subgraph/connection';
import { type EntityManager, raw } from '@mikro-orm/postgresql';
import { Approval } from './approval.ts';

/** The shape of `queueKey`. */
export const queueCursor = ['number', 'instant', 'uuid'] as const;

/** Accepted prices first, then whoever has waited longest. */
export function queueKey(approval: Approval): CursorKey {
  return [approval.priceAcceptedAt === null ? 1 : 0, approval.pricedAt.toISOString(), approval.orderId];
}

/** A page of the orders whose price waits for a seller. */
export function readQueue(em: EntityManager, page: PageRequest): Promise<Approval[]> {
  return queueQuery(em, page).execute<Approval[]>();
}

/** The statement of `readQueue`, which the index `approvals_queue` serves in its own order. */
export function queueQuery(em: EntityManager, page: PageRequest) {
  const queue = em.createQueryBuilder(Approval, 'a').select('*').where({ waiting: true });
  if (page.after) {
    const [unaccepted, pricedAt, orderId] = page.after;
    queue.andWhere(
      '((a.price_accepted_at is null), a.priced_at, a.order_id) > (?, ?::timestamptz, ?::uuid)',
      [unaccepted === 1, pricedAt, orderId],
    );
  }
  return queue
    .orderBy([{ [raw('(a.price_accepted_at is null)')]: 'asc' }, { pricedAt: 'asc' }, { orderId: 'asc' }])
    .limit(page.limit);
}
