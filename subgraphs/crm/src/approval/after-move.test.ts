import type { OrderMoved } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { expect, test } from '@jest/globals';
import { afterMove } from './after-move.ts';

function moved(to: OrderStatus, at: string, by = 'seller-1', cause: string | null = null): OrderMoved {
  return {
    order: { id: 'o', status: to, version: 4 },
    from: 'SUBMITTED',
    to,
    version: 4,
    at,
    by,
    system: 'MES',
    holder: 'CRM',
    heldFrom: null,
    cause,
    facts: {
      number: 'A-000001',
      accountId: 'customer-1',
      channel: 'B2C',
      quantity: 1,
      alloy: 'SILVER_925',
      finish: 'POLISHED',
      modelId: 'm',
      filename: 'ring.stl',
      modelSha256: null,
      createdAt: at,
      submittedAt: at,
      promisedAt: null,
    },
  };
}

const priced = afterMove(null, moved('PRICE_CALCULATED', '2026-01-01T10:00:00.000Z'))!;

test('there is nothing to decide before there is a price', () => {
  expect(afterMove(null, moved('SUBMITTED', '2026-01-01T10:00:00.000Z'))).toBeNull();
  expect(priced).toMatchObject({
    waiting: true,
    pricedAt: new Date('2026-01-01T10:00:00Z'),
    approvedAt: null,
  });
});

test('a held order leaves the queue and comes back to its old place', () => {
  const held = afterMove(priced, moved('ON_HOLD', '2026-01-02T10:00:00.000Z'))!;
  expect(held.waiting).toBe(false);
  expect(afterMove(held, moved('PRICE_CALCULATED', '2026-01-03T10:00:00.000Z'))).toEqual(priced);
});

test('keeps who approved first, when an operator gives the order back', () => {
  const approved = afterMove(
    priced,
    moved('MANUFACTURING_APPROVED', '2026-01-02T10:00:00.000Z', 'seller-1'),
  )!;
  expect(approved).toMatchObject({ waiting: false, approvedBy: 'seller-1' });
  const released = afterMove(
    approved,
    moved('MANUFACTURING_APPROVED', '2026-01-03T10:00:00.000Z', 'operator-1'),
  )!;
  expect(released).toEqual(approved);
  const closed = afterMove(released, moved('CLOSED', '2026-01-09T10:00:00.000Z'))!;
  expect(closed.closedAt).toEqual(new Date('2026-01-09T10:00:00Z'));
});

test('a rejection keeps its reason', () => {
  expect(
    afterMove(priced, moved('PRICE_REJECTED', '2026-01-02T10:00:00.000Z', 'customer-1', 'too dear')),
  ).toMatchObject({
    waiting: false,
    priceRejectedAt: new Date('2026-01-02T10:00:00Z'),
    priceRejectedReason: 'too dear',
  });
});
