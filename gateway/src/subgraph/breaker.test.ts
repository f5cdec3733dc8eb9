import { describe, expect, test } from '@jest/globals';
import { Breaker, type BreakerState } from './breaker.ts';

const settings = {
  enabled: true,
  failurePercent: 50,
  minRequests: 4,
  windowMs: 1_000,
  openMs: 100,
  maxOpenMs: 300,
  probes: 2,
};

function breaker(changes: BreakerState[] = []) {
  return new Breaker(settings, (state) => changes.push(state));
}

/** Opens it at 10. */
function opened(changes: BreakerState[] = []) {
  const open = breaker(changes);
  for (let i = 0; i < 4; i++) open.failed(10, open.begin());
  return open;
}

describe('a breaker', () => {
  test('stays closed with few requests, few failures, or failures long ago', () => {
    const few = breaker();
    for (let i = 0; i < 3; i++) few.failed(10, false);
    expect(few.state).toBe('closed');
    const some = breaker();
    for (let i = 0; i < 60; i++) some.succeeded(10, false);
    for (let i = 0; i < 40; i++) some.failed(20, false);
    expect(some.state).toBe('closed');
    const old = breaker();
    for (let at = 0; at < 20_000; at += 400) old.failed(at, false);
    expect(old.state).toBe('closed');
  });

  test('opens, is tried by one at a time, and closes after some successes in a row', () => {
    const changes: BreakerState[] = [];
    const tried = opened(changes);
    expect([tried.admits(109), tried.waitMs(60)]).toEqual([false, 50]);
    expect(tried.admits(110)).toBe(true);
    expect(tried.begin()).toBe(true);
    expect(tried.admits(110)).toBe(false);
    tried.succeeded(120, true);
    expect(tried.state).toBe('half-open');
    tried.succeeded(130, tried.begin());
    expect([tried.state, tried.begin()]).toEqual(['closed', false]);
    expect(changes).toEqual(['open', 'half-open', 'closed']);
    // What was before is forgotten.
    tried.failed(140, false);
    expect(tried.state).toBe('closed');
  });

  test('waits twice as long each time it is tried in vain, up to a bound', () => {
    const vain = opened();
    let now = 10;
    for (const wait of [100, 200, 300, 300]) {
      expect(vain.waitMs(now)).toBe(wait);
      now += wait;
      expect(vain.admits(now)).toBe(true);
      vain.failed(now, vain.begin());
    }
  });

  test('is not moved by what was sent before, nor by who has gone', () => {
    const open = opened();
    open.succeeded(20, false);
    open.failed(20, false);
    expect(open.waitMs(20)).toBe(90);
    const probe = open.admits(110) && open.begin();
    open.failed(110, false);
    expect([open.state, open.admits(110)]).toEqual(['half-open', false]);
    open.abandoned(probe);
    expect(open.admits(110)).toBe(true);
  });
});
