import type { OrderMoved } from '@alexandrite/schema/events';
import type { OrderStatus } from '@alexandrite/schema/order-status';
import { expect, test } from '@jest/globals';
import { afterMove } from './after-move.ts';

const day = (n: number) => `2026-01-0${n}T10:00:00.000Z`;

function moved(from: OrderStatus, to: OrderStatus, at: string, by = 'operator-1'): OrderMoved {
  return {
    order: { id: 'o', status: to, version: 5 },
    from,
    to,
    version: 5,
    at,
    by,
    system: 'MES',
    holder: 'MES',
    heldFrom: null,
    cause: null,
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
      createdAt: day(1),
      submittedAt: day(1),
      promisedAt: '2026-01-22T10:00:00.000Z',
    },
  };
}

const approved = afterMove(null, moved('PRICE_CALCULATED', 'MANUFACTURING_APPROVED', day(2), 'seller-1'))!;
const started = afterMove(approved, moved('MANUFACTURING_APPROVED', 'MANUFACTURING_STARTED', day(3)))!;
const completed = afterMove(started, moved('MANUFACTURING_STARTED', 'MANUFACTURING_COMPLETED', day(4)))!;

test('there is work from the approval on', () => {
  expect(afterMove(null, moved('SUBMITTED', 'PRICE_CALCULATED', day(1)))).toBeNull();
  expect(approved).toMatchObject({
    status: 'MANUFACTURING_APPROVED',
    operatorId: null,
    createdAt: new Date(day(2)),
    waitingSince: new Date(day(2)),
    promisedAt: new Date('2026-01-22T10:00:00Z'),
  });
});

test('whoever moves it to MANUFACTURING_STARTED has it, and it waits no longer', () => {
  expect(started).toMatchObject({
    operatorId: 'operator-1',
    takenAt: new Date(day(3)),
    waitingSince: null,
  });
  expect(completed).toMatchObject({ operatorId: 'operator-1', completedAt: new Date(day(4)) });
});

test('released or to be made again it waits anew, at its old place in the queue', () => {
  const released = afterMove(started, moved('MANUFACTURING_STARTED', 'MANUFACTURING_APPROVED', day(4)))!;
  expect(released).toEqual({ ...approved, waitingSince: new Date(day(4)) });
  const rework = afterMove(completed, moved('MANUFACTURING_COMPLETED', 'REWORK', day(5)))!;
  expect(rework).toEqual({ ...approved, status: 'REWORK', waitingSince: new Date(day(5)) });
});

test('a held order goes on where it stood, with whoever had it', () => {
  const held = afterMove(started, moved('MANUFACTURING_STARTED', 'ON_HOLD', day(4), 'admin'))!;
  expect(held).toMatchObject({ status: 'ON_HOLD', operatorId: 'operator-1' });
  expect(afterMove(held, moved('ON_HOLD', 'MANUFACTURING_STARTED', day(5), 'admin'))).toEqual(started);
  const heldWaiting = afterMove(approved, moved('MANUFACTURING_APPROVED', 'ON_HOLD', day(3), 'admin'))!;
  expect(afterMove(heldWaiting, moved('ON_HOLD', 'MANUFACTURING_APPROVED', day(5), 'admin'))).toEqual(
    approved,
  );
});

test('a cancelled order is nobody’s, also when it was on hold', () => {
  const held = afterMove(started, moved('MANUFACTURING_STARTED', 'ON_HOLD', day(4), 'admin'))!;
  for (const before of [started, held, approved]) {
    expect(afterMove(before, moved(before.status, 'CANCELLED', day(6)))).toMatchObject({
      status: 'CANCELLED',
      operatorId: null,
      waitingSince: null,
    });
  }
});
