import type { Bus } from '@alexandrite/bus';
import type { Database } from '@alexandrite/database';
import type { Channel } from '@alexandrite/schema/events';
import type { Wait } from '@alexandrite/schema/questions';
import { pricingDurables } from '@alexandrite/schema/subjects';
import type { Pricing } from './pricing.ts';

/** A request that has just been published may not be counted by the queue yet. */
const graceMs = 5_000;

/** How far the pricings of orders are that wait for them, by order id. */
export async function pricingWaits(
  { bus, database }: { database: Database; bus: Bus },
  pricings: readonly Pricing[],
): Promise<Map<string, Wait>> {
  const idle = new Map<Channel, boolean>();
  for (const channel of new Set(pricings.map(({ channel }) => channel))) {
    idle.set(channel, await isIdle(bus, channel));
  }
  const dead = await database.em().execute<{ orderId: string }[]>(
    `select order_id as "orderId" from dead_letters
      where state = 'WAITING' and order_id = any(?::uuid[]) and (durable like 'pricing-%' or durable like 'mes-pricing-%')`,
    [`{${pricings.map(({ orderId }) => orderId).join(',')}}`],
  );
  const given = new Set(dead.map(({ orderId }) => orderId));
  return new Map(
    pricings.map((pricing) => {
      const wait = waitOf(pricing, idle.get(pricing.channel) ?? false);
      const lost = wait.reason === 'PRICING_LOST' && given.has(pricing.orderId);
      const reason = lost ? 'PRICING_DEAD_LETTER' : wait.reason;
      return [pricing.orderId, { ...wait, reason, who: null }];
    }),
  );
}

function waitOf(pricing: Pricing, idle: boolean): Omit<Wait, 'who'> {
  const { stage, requestedAt, startedAt, finishedAt } = pricing;
  const since = (startedAt ?? requestedAt).toISOString();
  // priced, and the order has not heard of it
  if (finishedAt !== null) return { reason: 'PRICING_LOST', since: finishedAt.toISOString() };
  if (idle && Date.now() - requestedAt.getTime() > graceMs) return { reason: 'PRICING_LOST', since };
  return { reason: stage === 'QUEUED' ? 'PRICING_QUEUED' : 'PRICING_IN_PROGRESS', since };
}

/** Nothing waits in the queue of the channel and no engine works on anything of it, nor is a result on its way. */
export async function isIdle(bus: Bus, channel: Channel): Promise<boolean> {
  const depths = await Promise.all([
    bus.depth('PRICING_REQUESTS', pricingDurables[channel]),
    bus.depth('PRICING_RESULTS', 'mes-pricing-results'),
  ]);
  return depths.every(({ pending, inFlight }) => pending + inFlight === 0);
}
