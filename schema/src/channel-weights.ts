import type { Channel } from './events.ts';

/** Of four turns given while both channels wait, three are a partner's, the fourth a customer's: nobody starves. */
export const channelWeights: Readonly<Record<Channel, number>> = { B2B: 3, B2C: 1 };
