import type { System } from '@alexandrite/schema/order-status';
import type { OrderView } from '@alexandrite/schema/questions';

/**
 * What is wrong with one system's view of an order. `MISSING`: it does not know the order. `BEHIND`: it knows an older
 * version than another system. `CONTRADICTS`: the same version, and another status or holder.
 */
export type DivergenceCode = 'MISSING' | 'BEHIND' | 'CONTRADICTS';

export interface Divergence {
  orderId: string;
  system: System;
  code: DivergenceCode;
  /** What it knows; null is nothing. */
  version: number | null;
  /** The newest version that any system knows. */
  knownVersion: number;
}

export type View = Pick<OrderView, 'id' | 'status' | 'version' | 'holder'>;

/** Compares the systems' views of the same orders, by order. */
export function compareViews(views: ReadonlyMap<System, readonly View[]>): Divergence[] {
  const byOrder = new Map<string, Map<System, View>>();
  for (const [system, seen] of views) {
    for (const view of seen) {
      const known = byOrder.get(view.id) ?? new Map<System, View>();
      byOrder.set(view.id, known.set(system, view));
    }
  }
  return [...byOrder].flatMap(([orderId, known]) => compareOrder(orderId, [...views.keys()], known));
}

function compareOrder(orderId: string, systems: readonly System[], known: Map<System, View>): Divergence[] {
  const knownVersion = Math.max(...[...known.values()].map(({ version }) => version));
  // whoever wrote the newest version holds it or has handed it on: of several that know it, its holder is right
  const newest = [...known].filter(([, { version }]) => version === knownVersion);
  const [, right] = newest.find(([system, { holder }]) => system === holder) ?? newest[0]!;
  return systems.flatMap((system): Divergence[] => {
    const view = known.get(system);
    if (!view) return [{ orderId, system, code: 'MISSING', version: null, knownVersion }];
    const { version } = view;
    if (version < knownVersion) return [{ orderId, system, code: 'BEHIND', version, knownVersion }];
    const same = view.status === right.status && view.holder === right.holder;
    return same ? [] : [{ orderId, system, code: 'CONTRADICTS', version, knownVersion }];
  });
}
