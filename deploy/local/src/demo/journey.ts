import { setTimeout as delay } from 'node:timers/promises';
import { ORDER_STATUSES, type OrderStatus } from '@alexandrite/schema/order-status';
import { type GraphClient, type Person, Refused } from './graph-client.ts';

/** One order of the demonstration: whose, of what, and where it is to stand in the end. */
export interface Journey {
  customer: Person;
  filename: string;
  bytes: () => Uint8Array;
  alloy: string;
  finish: string;
  quantity: number;
  goal: OrderStatus;
  /** For a goal beside the main way: the status it is left in. */
  from?: OrderStatus;
  /** PRICE_CALCULATED only: the customer has accepted the price already. */
  accepted?: boolean;
  operator: Person;
  seller: Person;
}

interface Standing {
  status: OrderStatus;
  approval: { priceAcceptedAt: string | null } | null;
}

const PRICED_WITHIN_MS = 180_000;
const LOOK_AGAIN_MS = 200;
const TRIES_PER_STATUS = 5;

const ORDER_RESULT = '{ __typename ... on Order { id } ... on Refusal { code message } }';

/** Announces a model and sends its bytes; an order that stays INITIATED has only announced it. */
export async function createOrder(graph: GraphClient, journey: Journey): Promise<string> {
  const { customer, filename, alloy, finish, quantity } = journey;
  const bytes = journey.bytes();
  const { uploadUrl, model } = await graph.mutate<{ uploadUrl: string; model: { id: string } }>(
    customer,
    `mutation ($filename: String!, $bytes: Int!) {
      result: createModelUpload(filename: $filename, bytes: $bytes) {
        ... on ModelUpload { uploadUrl model { id } }
        ... on Refusal { code message }
      }
    }`,
    { filename, bytes: bytes.byteLength },
  );
  if (journey.goal !== 'INITIATED') await graph.upload(uploadUrl, bytes);
  const order = await graph.mutate<{ id: string }>(
    customer,
    `mutation ($input: CreateOrderInput!) { result: createOrder(input: $input) ${ORDER_RESULT} }`,
    { input: { modelId: model.id, alloy, finish, quantity } },
  );
  return order.id;
}

/**
 * Moves an order on, as its people would, until it has reached its goal. Looks where it stands before each step, so that
 * an interrupted journey goes on from there. Throws when a step is refused for good.
 */
export async function travel(graph: GraphClient, orderId: string, journey: Journey): Promise<void> {
  let last: OrderStatus | undefined;
  let tries = 0;
  let refusal: Refused | undefined;
  const deadline = Date.now() + PRICED_WITHIN_MS;
  for (;;) {
    const standing = await look(graph, orderId, journey.customer);
    if (standing.status === journey.goal && (!journey.accepted || standing.approval?.priceAcceptedAt)) return;
    if (standing.status !== last) tries = 0;
    last = standing.status;
    const step = nextStep(standing, journey);
    if (!step) {
      if (Date.now() > deadline) throw new Error(`order ${orderId} has been ${last} for too long`);
    } else {
      if (tries++ === TRIES_PER_STATUS)
        throw new Error(`order ${orderId} stays ${last}: ${refusal?.message}`);
      // A refusal may only mean that the order has moved on since it was looked at.
      refusal = await attempt(graph, orderId, step);
      if (!refusal) continue;
    }
    await delay(LOOK_AGAIN_MS);
  }
}

/** Submits an order that is ready for it and does not wait for its price. */
export async function submit(graph: GraphClient, orderId: string, { customer }: Journey): Promise<void> {
  const { status } = await look(graph, orderId, customer);
  if (status !== 'FILE_UPLOADED') return;
  const refusal = await attempt(graph, orderId, { by: customer, mutation: 'submitOrder' });
  if (refusal) throw refusal;
}

/** Whether the platform still knows an order: the database may be another one than last time. */
export async function orderExists(graph: GraphClient, id: string, customer: Person): Promise<boolean> {
  return (await find(graph, id, customer)) !== null;
}

async function look(graph: GraphClient, id: string, customer: Person): Promise<Standing> {
  const order = await find(graph, id, customer);
  if (!order) throw new Error(`there is no order ${id}`);
  return order;
}

async function find(graph: GraphClient, id: string, customer: Person): Promise<Standing | null> {
  const query = 'query ($id: ID!) { order(id: $id) { status approval { priceAcceptedAt } } }';
  return (await graph.ask<{ order: Standing | null }>(customer, query, { id })).order;
}

interface Step {
  by: Person;
  mutation: string;
  extra?: Record<string, string>;
}

async function attempt(graph: GraphClient, id: string, step: Step): Promise<Refused | undefined> {
  const { by, mutation, extra = {} } = step;
  const parameters = Object.keys(extra).map((name) => `, $${name}: String!`);
  const given = Object.keys(extra).map((name) => `, ${name}: $${name}`);
  const document = `mutation ($id: ID!${parameters.join('')}) {
    result: ${mutation}(id: $id${given.join('')}) ${ORDER_RESULT}
  }`;
  try {
    await graph.mutate(by, document, { id, ...extra });
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** What somebody has to do next; undefined while the price is being computed. Throws when the goal is out of reach. */
function nextStep(standing: Standing, journey: Journey): Step | undefined {
  const { customer, operator, seller, goal, from } = journey;
  const { status } = standing;
  if (status === from) {
    if (goal === 'ON_HOLD')
      return { by: seller, mutation: 'holdOrder', extra: { reason: 'The customer asked to wait' } };
    if (goal === 'REWORK')
      return { by: operator, mutation: 'reworkOrder', extra: { reason: 'A pore in the band' } };
    if (goal === 'CANCELLED')
      return { by: customer, mutation: 'cancelOrder', extra: { reason: 'Found another ring' } };
    if (goal === 'PRICE_REJECTED')
      return { by: customer, mutation: 'rejectPrice', extra: { reason: 'Too dear' } };
  }
  switch (status) {
    case 'FILE_UPLOADED':
      return { by: customer, mutation: 'submitOrder' };
    case 'SUBMITTED':
      return undefined;
    case 'PRICE_CALCULATED':
      if (!standing.approval?.priceAcceptedAt) return { by: customer, mutation: 'acceptPrice' };
      return { by: seller, mutation: 'approveOrder' };
    case 'MANUFACTURING_APPROVED':
    case 'REWORK':
      return { by: operator, mutation: 'takeOrder' };
    case 'MANUFACTURING_STARTED':
      return { by: operator, mutation: 'completeOrder' };
    case 'MANUFACTURING_COMPLETED':
      return { by: operator, mutation: 'packOrder' };
    case 'PACKAGING':
      return { by: operator, mutation: 'shipOrder', extra: { trackingNumber: trackingNumber() } };
    case 'SHIPPED':
      return { by: seller, mutation: 'closeOrder' };
    default:
      throw new Error(`an order that is ${status} cannot become ${goal} (of ${ORDER_STATUSES.join(', ')})`);
  }
}

/** Thirteen characters of the Universal Postal Union's format, with its check digit. */
function trackingNumber(): string {
  const digits = Array.from({ length: 8 }, () => Math.floor(10 * Math.random()));
  const sum = digits.reduce((total, digit, i) => total + digit * [8, 6, 4, 2, 3, 5, 9, 7][i]!, 0);
  const check = [5, 0][sum % 11] ?? 11 - (sum % 11);
  return `RA${digits.join('')}${check}RU`;
}
