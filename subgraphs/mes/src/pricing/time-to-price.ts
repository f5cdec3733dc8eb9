import { channelWeights } from '@alexandrite/schema/channel-weights';
import type { Channel } from '@alexandrite/schema/events';

export interface InTheQueue {
  channel: Channel;
  /** 1 is next. */
  place: number;
  /** Orders of the other channel that wait. */
  others: number;
  /** Models being measured: where somebody waits, as many as the engines have threads. */
  busy: number;
  /** How long a model took lately; null where none was measured yet. */
  meanSeconds: number | null;
}

/**
 * About how many seconds until the price is there. Before an order come those of its channel, and of the other one as
 * many as its weight gives them meanwhile; so many at a time as are being measured.
 */
export function secondsToPrice({ channel, place, others, busy, meanSeconds }: InTheQueue): number | null {
  if (meanSeconds === null) return null;
  const other = channel === 'B2B' ? 'B2C' : 'B2B';
  const meanwhile = Math.ceil((place * channelWeights[other]) / channelWeights[channel]);
  const before = place - 1 + Math.min(others, meanwhile);
  // Those being measured are half done, one with another.
  const underWay = busy > 0 ? 0.5 : 0;
  const rounds = underWay + before / Math.max(1, busy) + 1;
  return Math.max(1, Math.ceil(rounds * meanSeconds));
}
