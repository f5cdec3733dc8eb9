import type { Channel } from '@alexandrite/schema/events';
import { pricingDurables } from '@alexandrite/schema/subjects';

export const channels = ['B2B', 'B2C'] as const satisfies readonly Channel[];

/** The queue of each channel, shared by all engines. */
export const durables: Readonly<Record<Channel, string>> = pricingDurables;
