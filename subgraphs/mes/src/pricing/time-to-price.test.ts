import { describe, expect, test } from '@jest/globals';
import { secondsToPrice } from './time-to-price.ts';

const idle = { others: 0, busy: 0, meanSeconds: 2 };

describe('the time until a price', () => {
  test('is that of one model where nobody else is there', () => {
    expect(secondsToPrice({ ...idle, channel: 'B2C', place: 1 })).toBe(2);
  });

  test('grows with those before it, and shrinks with the threads', () => {
    expect(secondsToPrice({ ...idle, channel: 'B2C', place: 11, busy: 1 })).toBe(23);
    expect(secondsToPrice({ ...idle, channel: 'B2C', place: 11, busy: 10 })).toBe(5);
  });

  test('a customer waits for three partners a place, a partner for a third of a customer, if so many are there', () => {
    const busy = { busy: 1, meanSeconds: 1 };
    expect(secondsToPrice({ ...busy, channel: 'B2C', place: 10, others: 1000 })).toBe(41);
    expect(secondsToPrice({ ...busy, channel: 'B2C', place: 10, others: 3 })).toBe(14);
    expect(secondsToPrice({ ...busy, channel: 'B2B', place: 10, others: 1000 })).toBe(15);
  });

  test('is not known before a model was measured', () => {
    expect(secondsToPrice({ ...idle, channel: 'B2B', place: 1, meanSeconds: null })).toBeNull();
  });
});
