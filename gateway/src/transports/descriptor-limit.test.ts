import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { describe, expect, test } from '@jest/globals';
import { readDescriptorLimit, warnOfDescriptorLimit } from './descriptor-limit.ts';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             127190               127190               processes
Max open files            ${soft.padEnd(20)} 1048576              files
Max locked memory         8388608              8388608              bytes
`;

describe('the limit of descriptors', () => {
  test('is read as Linux writes it', () => {
    expect(readDescriptorLimit(limits('20000'))).toBe(20_000);
    expect(readDescriptorLimit(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY);
    expect(readDescriptorLimit('nothing of the kind')).toBeNull();
  });

  test.each([
    ['20000', 15_000, 0],
    ['20000', 19_900, 1],
    ['unlimited', 1_000_000, 0],
  ])('of %s for %d sockets is told %d times', (soft, maxSockets, times) => {
    const { log, entries } = memoryLog();
    warnOfDescriptorLimit(maxSockets, log, () => limits(soft));
    expect(entries.filter(({ message }) => message.includes('ulimit -n'))).toHaveLength(times);
  });

  test('is no matter where the system does not tell', () => {
    const { log, entries } = memoryLog();
    warnOfDescriptorLimit(1_000_000, log, () => {
      throw new Error('ENOENT');
    });
    expect(entries.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});
