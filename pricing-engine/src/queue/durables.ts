import type { Channel } from '@alexandrite/schema/events';

export const channels = ['B2B', 'B2C'] as const satisfies readonly Channel[];

/** The queue of each channel, shared by all engines. */
export const durables: Readonly<Record<Channel, string>> = { B2B: 'pricing-b2b', B2C: 'pricing-b2c' };
