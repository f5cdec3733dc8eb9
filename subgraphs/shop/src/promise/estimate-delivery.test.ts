import type { OrderStatus } from '@alexandrite/schema/order-status';
import { describe, expect, test } from '@jest/globals';
import { estimateDelivery } from './estimate-delivery.ts';
import type { StageTimes } from './stage-times.ts';
import { timelineOf } from './timeline.ts';

const DAY = 86_400;
const times: StageTimes = {
  seconds: {
    ...{
      SUBMITTED: 0,
      PRICE_CALCULATED: DAY,
      MANUFACTURING_APPROVED: 2 * DAY,
      MANUFACTURING_STARTED: 4 * DAY,
    },
    ...{ MANUFACTURING_COMPLETED: DAY, PACKAGING: DAY, SHIPPED: 5 * DAY, ON_HOLD: DAY },
  },
  waiting: 0,
  backlogSeconds: 0,
};
const now = new Date('2026-11-22T12:00:00Z');
const days = (n: number) => new Date(now.getTime() + n * DAY * 1_000);
const order = (status: OrderStatus, change: object = {}) => ({
  ...{ status, heldFrom: null, movedAt: now, promisedAt: days(12.5) },
  ...change,
});
const arrives = (...given: Parameters<typeof order>) => {
  const estimate = estimateDelivery(order(...given), times, now);
  return estimate && [(estimate.arrivesAt.getTime() - now.getTime()) / 1_000 / DAY, estimate.late];
};

describe('when an order arrives', () => {
  test('is what is still before it, less what it has stayed already', () => {
    expect(arrives('PRICE_CALCULATED')).toEqual([14, true]);
    expect(arrives('MANUFACTURING_STARTED')).toEqual([11, false]);
    expect(arrives('MANUFACTURING_STARTED', { movedAt: days(-1) })).toEqual([10, false]);
    expect(arrives('MANUFACTURING_STARTED', { movedAt: days(-30) })).toEqual([7.4, false]);
    expect(arrives('REWORK')).toEqual([13, true]);
    expect(arrives('SHIPPED', { movedAt: days(-2) })).toEqual([3, false]);
  });

  test('moves with the work ahead of it', () => {
    const busy = { ...times, waiting: 40, backlogSeconds: 6 * DAY };
    const estimate = (status: OrderStatus) => estimateDelivery(order(status), busy, now)?.arrivesAt;
    expect(estimate('MANUFACTURING_APPROVED')).toEqual(days(17));
    expect(estimate('PACKAGING')).toEqual(days(6));
  });

  test('is later while it is held, and not known where nothing moves', () => {
    expect(arrives('ON_HOLD', { heldFrom: 'PACKAGING' })).toEqual([7, false]);
    for (const status of [
      'INITIATED',
      'FILE_UPLOADED',
      'PRICE_FAILED',
      'PRICE_REJECTED',
      'CLOSED',
      'CANCELLED',
    ] as const) {
      expect(arrives(status)).toBeNull();
    }
    expect(arrives('ON_HOLD', { heldFrom: 'INITIATED' })).toBeNull();
  });

  test('says when it leaves', () => {
    expect(estimateDelivery(order('PACKAGING'), times, now)).toMatchObject({
      shipsAt: days(1),
      arrivesAt: days(6),
    });
    expect(estimateDelivery(order('SHIPPED', { movedAt: days(-1) }), times, now)?.shipsAt).toEqual(days(-1));
  });
});

test('the timeline says how long an order was where, and what was too long for what reason', () => {
  const move = (version: number, toStatus: OrderStatus, at: Date, cause: string | null = null) => ({
    ...{
      orderId: 'o',
      version,
      fromStatus: null,
      toStatus,
      at,
      by: 'x',
      system: 'MES' as const,
      durationMs: 0,
      cause,
    },
  });
  const moves = [
    move(1, 'PRICE_CALCULATED', days(-6)),
    move(2, 'MANUFACTURING_APPROVED', days(-3)),
    move(3, 'ON_HOLD', days(-2), 'no silver'),
  ];
  const stays = timelineOf(moves, new Map([[1, 'CUSTOMER' as const]]), times, now);
  expect(
    stays.map(({ status, seconds, delaySeconds, cause, waitedFor }) => [
      ...[status, seconds / DAY, delaySeconds / DAY, cause, waitedFor],
    ]),
  ).toEqual([
    ['PRICE_CALCULATED', 3, 2, null, 'CUSTOMER'],
    ['MANUFACTURING_APPROVED', 1, 0, null, null],
    ['ON_HOLD', 2, 1, 'no silver', null],
  ]);
  expect(timelineOf([...moves, move(4, 'CANCELLED', now)], new Map(), times)).toHaveLength(3);
});
