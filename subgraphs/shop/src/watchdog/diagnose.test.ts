import type { OrderView, Unsent, WaitReason } from '@alexandrite/schema/questions';
import { describe, expect, test } from '@jest/globals';
import { diagnose } from './diagnose.ts';
import { mayRetry, retryDelayMs } from './retry.ts';

const unsent: Unsent = { messages: 1, since: '2026-11-22T10:00:00.000Z', parked: false, error: null };
const parked: Unsent = { ...unsent, parked: true, error: 'too large' };
const order = {
  id: 'o',
  status: 'SUBMITTED' as const,
  version: 3,
  holder: 'MES' as const,
  movedAt: new Date('2026-11-22T09:00:00Z'),
  unsent: null,
};
const view = (change: Partial<OrderView> = {}): OrderView => ({
  ...{ id: 'o', status: 'SUBMITTED', version: 3, holder: 'MES', unsent: null },
  wait: { reason: 'PRICING_IN_PROGRESS', since: '2026-11-22T09:30:00.000Z', who: null },
  ...change,
});
const queued = { reason: 'PRICING_QUEUED', since: '2026-11-22T09:30:00.000Z', who: null } as const;
const person = { reason: 'OPERATOR', since: '2026-11-22T09:30:00.000Z', who: 'operator-1' } as const;

describe('what an order waits for', () => {
  const cases: [
    string,
    Partial<Omit<typeof order, 'unsent'>> & { unsent?: Unsent | null },
    OrderView | null,
    boolean,
    string,
  ][] = [
    ['the shop has not published it', { unsent }, null, false, 'OUTBOX_WAITING SHOP'],
    ['the bus would not take it', { unsent: parked }, null, false, 'OUTBOX_PARKED SHOP'],
    ['the bus is away for everybody', { unsent }, null, true, 'OUTBOX_WAITING SHOP'],
    ['the holder does not answer', {}, null, true, 'SYSTEM_SILENT MES'],
    ['the holder has never heard of it', {}, null, false, 'PROJECTION_BEHIND MES'],
    ['the holder knows an older version', {}, view({ version: 2 }), false, 'PROJECTION_BEHIND MES'],
    ['the holder has moved it and not told', {}, view({ version: 4, unsent }), false, 'OUTBOX_WAITING MES'],
    ['the holder has told, the shop is behind', {}, view({ version: 4 }), false, 'PROJECTION_BEHIND SHOP'],
    ['an engine works on it', {}, view(), false, 'PRICING_IN_PROGRESS MES'],
    [
      'its request has not left the MES',
      {},
      view({ wait: queued, unsent: parked }),
      false,
      'OUTBOX_PARKED MES',
    ],
    ['it waits in the queue', {}, view({ wait: queued }), false, 'PRICING_QUEUED MES'],
    ['somebody makes it', {}, view({ wait: person }), false, 'OPERATOR MES'],
    ['the holder knows no more', {}, view({ wait: null }), false, 'STAFF MES'],
  ];
  test.each(cases)('%s', (_, change, holder, silent, expected) => {
    const { reason, system } = diagnose({ ...order, ...change }, holder, silent);
    expect(`${reason} ${system}`).toBe(expected);
  });
});

describe('doing it again', () => {
  test('is for what is safe, some times, further and further apart', () => {
    const may = (reason: WaitReason) => mayRetry({ reason }, 0);
    const safe = ['OUTBOX_PARKED', 'PROJECTION_BEHIND', 'PRICING_DEAD_LETTER', 'PRICING_LOST'] as const;
    expect(safe.map(may)).toEqual([true, true, true, true]);
    const unsafe = [
      'PRICING_QUEUED',
      'PRICING_IN_PROGRESS',
      'OUTBOX_WAITING',
      'SYSTEM_SILENT',
      'SELLER',
    ] as const;
    expect(unsafe.map(may)).toEqual([false, false, false, false, false]);
    expect(mayRetry({ reason: 'PRICING_DEAD_LETTER' }, 1)).toBe(false);
    expect([1, 2, 3, 20].map(retryDelayMs)).toEqual([30_000, 60_000, 120_000, 1_800_000]);
  });
});
