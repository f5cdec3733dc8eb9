import type { OrderStatus } from '@alexandrite/schema/order-status';

/** Who asks for a step. Two operators: what one gives back, the other takes. */
export type Person = 'buyer' | 'seller' | 'operator-1' | 'operator-2' | 'nobody';

export interface Step {
  who: Person;
  /** The mutation; none where the platform moves by itself. */
  mutation?: string;
  arguments?: Record<string, string>;
  /** The move that the step brings about; `ACCEPTED` is a fact and no move. */
  to: OrderStatus | 'ACCEPTED';
}

/** The way that an order is to go, from FILE_UPLOADED on. */
export interface Script {
  name: string;
  steps: readonly Step[];
  /** A file that is no model. */
  broken?: true;
}

const submit: Step = { who: 'buyer', mutation: 'submitOrder', to: 'SUBMITTED' };
const priced: Step = { who: 'nobody', to: 'PRICE_CALCULATED' };
const accept: Step = { who: 'buyer', mutation: 'acceptPrice', to: 'ACCEPTED' };
const approve: Step = { who: 'seller', mutation: 'approveOrder', to: 'MANUFACTURING_APPROVED' };
const cancel: Step = { who: 'buyer', mutation: 'cancelOrder', to: 'CANCELLED' };
const take = (who: Person): Step => ({ who, mutation: 'takeOrder', to: 'MANUFACTURING_STARTED' });
const made = (who: Person): Step => ({ who, mutation: 'completeOrder', to: 'MANUFACTURING_COMPLETED' });
const delivered = (who: Person): Step[] => [
  { who, mutation: 'packOrder', to: 'PACKAGING' },
  { who, mutation: 'shipOrder', arguments: { trackingNumber: 'TRACK-1' }, to: 'SHIPPED' },
  { who: 'seller', mutation: 'closeOrder', to: 'CLOSED' },
];
const upToApproval = [submit, priced, accept, approve];

export const scripts: readonly Script[] = [
  {
    name: 'made and delivered',
    steps: [...upToApproval, take('operator-1'), made('operator-1'), ...delivered('operator-1')],
  },
  { name: 'priced', steps: [submit, priced] },
  {
    name: 'rejected',
    steps: [submit, priced, { who: 'buyer', mutation: 'rejectPrice', to: 'PRICE_REJECTED' }],
  },
  { name: 'cancelled while it is priced', steps: [submit, cancel] },
  { name: 'cancelled after it was approved', steps: [...upToApproval, cancel] },
  {
    name: 'held, resumed and approved',
    steps: [
      submit,
      priced,
      accept,
      { who: 'seller', mutation: 'holdOrder', to: 'ON_HOLD' },
      { who: 'seller', mutation: 'resumeOrder', to: 'PRICE_CALCULATED' },
      approve,
    ],
  },
  {
    name: 'given back and made by another',
    steps: [
      ...upToApproval,
      take('operator-1'),
      { who: 'operator-1', mutation: 'releaseOrder', to: 'MANUFACTURING_APPROVED' },
      take('operator-2'),
      made('operator-2'),
    ],
  },
  {
    name: 'made again',
    steps: [
      ...upToApproval,
      take('operator-2'),
      made('operator-2'),
      { who: 'operator-2', mutation: 'reworkOrder', to: 'REWORK' },
      take('operator-1'),
      made('operator-1'),
      ...delivered('operator-1'),
    ],
  },
  { name: 'of a broken file', broken: true, steps: [submit, { who: 'nobody', to: 'PRICE_FAILED' }] },
];
