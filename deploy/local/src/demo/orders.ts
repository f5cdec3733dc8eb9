import type { OrderStatus } from '@alexandrite/schema/order-status';
import type { Person } from './graph-client.ts';
import type { Journey } from './journey.ts';
import { bandOfSize, type DemoModel, demoModels, engravedBand } from './models.ts';

/** An order to be sown; the key says which, over interruptions. */
export interface SownOrder {
  key: string;
  journey: Journey;
}

const customer = (n: number): Person => ({ role: 'customer', sub: `customer-${n}` });
const partner = (n: number): Person => ({ role: 'partner', sub: `partner-${n}` });
const operator = (n: number): Person => ({ role: 'operator', sub: `operator-${n}` });
const seller: Person = { role: 'seller', sub: 'seller-1' };

type Row = [
  owner: Person,
  model: DemoModel | 'not-a-model.stl',
  alloy: string,
  finish: string,
  quantity: number,
  goal: OrderStatus,
  more?: Partial<Journey>,
];

/** Every status of an order, and enough to do for sellers and operators. The last row is the newest order. */
const rows: Row[] = [
  [customer(1), 'comfort-band.stl', 'GOLD_585_YELLOW', 'POLISHED', 2, 'CLOSED'],
  [partner(1), 'signet-blank.stl', 'SILVER_925', 'POLISHED', 10, 'CLOSED'],
  [partner(2), 'flat-band.stl', 'GOLD_750_YELLOW', 'POLISHED', 5, 'CLOSED'],
  [customer(2), 'wave-ring.stl', 'SILVER_925', 'RAW', 1, 'SHIPPED'],
  [partner(1), 'comfort-band.stl', 'PLATINUM_950', 'POLISHED', 4, 'SHIPPED'],
  [customer(3), 'signet-blank.stl', 'GOLD_750_YELLOW', 'POLISHED', 1, 'PACKAGING'],
  [partner(2), 'wave-ring.stl', 'SILVER_925', 'POLISHED', 20, 'PACKAGING'],
  [customer(1), 'flat-band.stl', 'PLATINUM_950', 'POLISHED', 1, 'MANUFACTURING_COMPLETED'],
  [customer(2), 'comfort-band.stl', 'SILVER_925', 'POLISHED', 1, 'MANUFACTURING_STARTED'],
  [
    partner(1),
    'twisted-bangle.stl',
    'SILVER_925',
    'POLISHED',
    3,
    'MANUFACTURING_STARTED',
    { operator: operator(2) },
  ],
  [customer(3), 'flat-band.stl', 'GOLD_585_YELLOW', 'RAW', 2, 'REWORK', { from: 'MANUFACTURING_COMPLETED' }],
  [customer(1), 'wave-ring.stl', 'GOLD_585_YELLOW', 'POLISHED', 1, 'MANUFACTURING_APPROVED'],
  [partner(2), 'comfort-band.stl', 'GOLD_585_YELLOW', 'POLISHED', 6, 'MANUFACTURING_APPROVED'],
  [customer(2), 'twisted-bangle.stl', 'SILVER_925', 'RAW', 1, 'MANUFACTURING_APPROVED'],
  [customer(3), 'comfort-band.stl', 'SILVER_925', 'RAW', 1, 'ON_HOLD', { from: 'MANUFACTURING_APPROVED' }],
  [customer(2), 'signet-blank.stl', 'GOLD_585_YELLOW', 'POLISHED', 1, 'PRICE_CALCULATED', { accepted: true }],
  [partner(1), 'wave-ring.stl', 'GOLD_750_YELLOW', 'POLISHED', 8, 'PRICE_CALCULATED', { accepted: true }],
  [customer(1), 'twisted-bangle.stl', 'GOLD_585_YELLOW', 'POLISHED', 1, 'PRICE_CALCULATED'],
  [
    customer(3),
    'twisted-bangle.stl',
    'PLATINUM_950',
    'POLISHED',
    1,
    'PRICE_REJECTED',
    { from: 'PRICE_CALCULATED' },
  ],
  [customer(2), 'flat-band.stl', 'SILVER_925', 'POLISHED', 1, 'CANCELLED', { from: 'PRICE_CALCULATED' }],
  [customer(3), 'not-a-model.stl', 'SILVER_925', 'POLISHED', 1, 'PRICE_FAILED'],
  [customer(1), 'signet-blank.stl', 'SILVER_925', 'POLISHED', 1, 'FILE_UPLOADED'],
  [customer(2), 'wave-ring.stl', 'PLATINUM_950', 'POLISHED', 1, 'INITIATED'],
];

/** The orders of the first start. */
export function demoOrders(): SownOrder[] {
  const orders = rows.map(
    ([owner, filename, alloy, finish, quantity, goal, more], i): SownOrder => ({
      key: `demo-${i + 1}`,
      journey: {
        customer: owner,
        filename,
        bytes: () => (filename === 'not-a-model.stl' ? notAModel() : demoModels[filename]()),
        alloy,
        finish,
        quantity,
        goal,
        operator: operator(1),
        seller,
        ...more,
      },
    }),
  );
  return orders;
}

/** The one that is still being priced when the platform says that it is ready. */
export function orderBeingPriced(): SownOrder {
  return {
    key: 'demo-being-priced',
    journey: {
      customer: customer(1),
      filename: 'engraved-band.stl',
      bytes: () => engravedBand(900),
      alloy: 'GOLD_750_YELLOW',
      finish: 'POLISHED',
      quantity: 1,
      goal: 'SUBMITTED',
      operator: operator(1),
      seller,
    },
  };
}

const ORDERS_PER_CUSTOMER = 50; // well below what one account may submit in a minute
const BULK_GOALS: readonly OrderStatus[] = [
  ...Array<OrderStatus>(12).fill('CLOSED'),
  ...Array<OrderStatus>(2).fill('SHIPPED'),
  ...Array<OrderStatus>(2).fill('MANUFACTURING_APPROVED'),
  'PACKAGING',
  'MANUFACTURING_COMPLETED',
  'MANUFACTURING_STARTED',
  'PRICE_CALCULATED',
];

/** The n-th order of a crowd, the same one every time it is asked for. */
export function crowdOrder(n: number): SownOrder {
  const who = Math.floor(n / ORDERS_PER_CUSTOMER) + 1;
  return {
    key: `crowd-${n + 1}`,
    journey: {
      customer: { role: 'customer', sub: `crowd-customer-${who}` },
      filename: `band-${(n % 200) + 1}.stl`,
      bytes: () => bandOfSize(7 + (n % 200) * 0.02),
      alloy: ['SILVER_925', 'GOLD_585_YELLOW', 'GOLD_750_YELLOW', 'PLATINUM_950'][n % 4]!,
      finish: n % 3 === 0 ? 'RAW' : 'POLISHED',
      quantity: 1 + (n % 5),
      goal: BULK_GOALS[n % BULK_GOALS.length]!,
      operator: operator(1 + (n % 2)),
      seller,
    },
  };
}

function notAModel(): Buffer {
  return Buffer.from('Dear workshop, the drawing of my ring is in the next letter.\n'.repeat(40));
}
