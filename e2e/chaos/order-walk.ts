import { setTimeout as delay } from 'node:timers/promises';
import type { Role } from '@alexandrite/auth/viewer';
import type { OrderStatus, System } from '@alexandrite/schema/order-status';
import type { Client } from '../harness/client.ts';
import type { People } from './people.ts';
import type { Script, Step } from './scripts.ts';

export interface SeenMove {
  version: number;
  from: OrderStatus | null;
  to: OrderStatus;
  system: System;
}

interface SeenOrder {
  status: OrderStatus;
  version: number;
  history: SeenMove[];
  approval: { priceAcceptedAt: string | null } | null;
}

/** Who orders what: the same models, alloys and quantities come again and again, so that prices can be compared. */
export interface Wish {
  role: Extract<Role, 'customer' | 'partner'>;
  account: string;
  /** By which equal wishes are known. */
  model: { name: string; bytes: Buffer };
  alloy: string;
  quantity: number;
}

const STEP_WITHIN_MS = 180_000; // 3 minutes: everything may be down for a while, and the machine is busy
const LONGEST_PAUSE_MS = 2_000;

/** One order on its way through a script: asks, looks whether it happened, and asks again if it did not. */
export class OrderWalk {
  readonly script: Script;
  readonly wish: Wish;
  readonly #people: People;
  readonly #onStep: () => void;
  /** What clients saw that must not be, in words. */
  readonly wrongs: string[] = [];
  /** What clients were told while they waited: code → times. */
  readonly troubles = new Map<string, number>();
  id: string | undefined;
  #turn: number;
  #highest = 0;
  #holds = 0;

  constructor(script: Script, wish: Wish, people: People, number: number, onStep: () => void) {
    this.script = script;
    this.wish = wish;
    this.#people = people;
    this.#turn = number;
    this.#onStep = onStep;
  }

  /** A request to hold that was sent twice may be granted twice, the second time after the order went on. */
  get mayEndHeld(): boolean {
    return this.#holds > 1;
  }

  async walk(): Promise<void> {
    const modelId = await this.#persist('the model is uploaded', () => this.#upload());
    this.id = await this.#persist('the order is created', () => this.#create(modelId));
    this.#onStep();
    let from = 0; // the version that the step before has led to
    for (const step of this.script.steps) {
      from = await this.#take(step, from);
      this.#onStep();
    }
  }

  /** The version at which the step was done. */
  async #take(step: Step, from: number): Promise<number> {
    let asked = false;
    return await this.#persist(`${this.id} is ${step.to}`, async () => {
      const order = await this.#look();
      const done =
        step.to === 'ACCEPTED'
          ? order.approval?.priceAcceptedAt
          : order.history.find(({ version, to }) => version > from && to === step.to);
      if (done) return typeof done === 'string' ? order.version : done.version;
      if (order.status === 'ON_HOLD' && step.mutation !== 'resumeOrder' && asked) {
        await this.#ask({ who: 'seller', mutation: 'resumeOrder', to: order.status });
      } else if (step.mutation) {
        asked = true;
        await this.#ask(step);
      }
      return undefined;
    });
  }

  async #ask(step: Step): Promise<void> {
    if (step.mutation === 'holdOrder') this.#holds += 1;
    const { code } = await (await this.#as(step.who)).move(step.mutation!, this.id!, step.arguments ?? {});
    if (code) this.#note(code);
  }

  async #look(): Promise<SeenOrder> {
    const { order } = await (await this.#as('buyer')).ask(
      `query ($id: ID!) { order(id: $id) {
        status version history { version from to system } approval { priceAcceptedAt }
      } }`,
      { id: this.id },
    );
    const seen = order as SeenOrder;
    if (seen.version < this.#highest)
      this.wrongs.push(`${this.id}: version ${seen.version} was shown after ${this.#highest}`);
    this.#highest = Math.max(this.#highest, seen.version);
    return seen;
  }

  async #upload(): Promise<string> {
    const { model } = this.wish;
    return await (await this.#as('buyer')).upload(`${model.name}.stl`, model.bytes);
  }

  async #create(modelId: string): Promise<string> {
    const { alloy, quantity } = this.wish;
    const { createOrder } = await (await this.#as('buyer')).ask(
      `mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
        ... on Order { id } ... on Refusal { code message }
      } }`,
      // the model is this order's alone: a creation repeated after a lost answer is the same creation
      { input: { modelId, alloy, finish: 'RAW', quantity, idempotencyKey: modelId } },
    );
    if (createOrder.id === undefined) throw new Error(createOrder.code);
    return createOrder.id;
  }

  #as(who: Step['who']): Promise<Client> {
    const { role, account } = this.wish;
    if (who === 'seller') return this.#people.client('seller', 'seller-1', this.#turn);
    if (who === 'operator-1' || who === 'operator-2') return this.#people.client('operator', who, this.#turn);
    return this.#people.client(role, account, this.#turn);
  }

  async #persist<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + STEP_WITHIN_MS;
    let last = 'nothing';
    for (let pauseMs = 100; Date.now() < deadline; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
      try {
        const seen = await look();
        if (seen !== undefined) return seen;
        last = 'not yet';
      } catch (error) {
        this.#turn += 1;
        last = (error as Error).message;
        this.#note(
          /"code":"(\w+)"/.exec(last)?.[1] ??
            String((error as { cause?: { code?: string } }).cause?.code ?? last.slice(0, 80)),
        );
      }
      await delay(pauseMs);
    }
    throw new Error(`${this.script.name}: waited in vain until ${what}; last: ${last}`);
  }

  #note(trouble: string): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }
}
