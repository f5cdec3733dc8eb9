import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import type { OrderView, Unsent, WaitReason } from '@alexandrite/schema/questions';

/** What an order waits for, and whose turn it is. */
export interface Diagnosis {
  reason: WaitReason;
  system: System;
  who: string | null;
  since: Date;
}

/** The order as the shop sees it, and what the shop itself has not published of it. */
export interface Suspect {
  id: string;
  status: OrderStatus;
  version: number;
  holder: System;
  movedAt: Date;
  unsent: Unsent | null;
}

/**
 * Which hop of its way an order waits for, from the views of the shop and of its holder. `silent`: the holder does not
 * answer. `holder` null: the holder does not know the order.
 */
export function diagnose(order: Suspect, holder: OrderView | null, silent: boolean): Diagnosis {
  const unsentBy = (system: System, unsent: Unsent): Diagnosis => ({
    reason: unsent.parked ? 'OUTBOX_PARKED' : 'OUTBOX_WAITING',
    system,
    who: null,
    since: new Date(unsent.since),
  });
  const by = (reason: WaitReason, system: System): Diagnosis => ({
    reason,
    system,
    who: null,
    since: order.movedAt,
  });

  const behind = holder === null || holder.version < order.version;
  if (order.holder !== 'SHOP' && (silent || behind) && order.unsent) return unsentBy('SHOP', order.unsent);
  if (silent) return by('SYSTEM_SILENT', order.holder);
  if (behind) return by('PROJECTION_BEHIND', order.holder);
  if (holder.version > order.version) {
    return holder.unsent ? unsentBy(order.holder, holder.unsent) : by('PROJECTION_BEHIND', 'SHOP');
  }
  if (!holder.wait) return by('STAFF', order.holder);
  // a request of the holder that has not left it is not answered for that reason
  const asked = holder.wait.reason === 'PRICING_QUEUED' || holder.wait.reason === 'PRICING_LOST';
  if (asked && holder.unsent) return unsentBy(order.holder, holder.unsent);
  const { reason, who, since } = holder.wait;
  return { reason, system: order.holder, who, since: new Date(since) };
}
