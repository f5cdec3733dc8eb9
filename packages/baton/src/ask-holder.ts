import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, BusError } from '@alexandrite/bus';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { OrderRequest, OrderRequestRefused } from '@alexandrite/schema/events';
import { mayMove } from '@alexandrite/schema/order-status';
import { subjects } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';
import type { HoldOptions } from './baton.ts';
import { type HoldDependencies, hold } from './hold.ts';
import { type LoaderDependencies, readAtFloor } from './order-loader.ts';
import type { OrderRecord } from './order-record.ts';
import { readOrder } from './read-order.ts';
import { isRefusal, type Refusal, Refused, refusal } from './refusal.ts';
import { requestedStatus } from './requested-move.ts';
import { standing } from './standing.ts';

const patienceMs = 5_000; // 5 seconds
const lookEveryMs = 50;

/** The refusals that come for requests of this process. */
export class HolderAnswers implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #log: Log;
  readonly #asked = new Map<string, Refusal | null>();
  readonly #stop = new AbortController();
  #listening: Promise<void> | undefined;

  constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
  }

  /** Resolves once no later refusal can be missed. */
  async start(): Promise<void> {
    const subscribed = Promise.withResolvers<void>();
    this.#listening ??= this.#listen(subscribed.resolve);
    await subscribed.promise;
  }

  /** Runs `work` while refusals of the request are kept; `refused()` tells. */
  async during<T>(requestId: string, work: (refused: () => Refusal | null) => Promise<T>): Promise<T> {
    this.#asked.set(requestId, null);
    try {
      return await work(() => this.#asked.get(requestId) ?? null);
    } finally {
      this.#asked.delete(requestId);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  async #listen(subscribed: () => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await using refusals = await this.#bus.subscribe([subjects.requestRefused]);
        const close = () => void refusals[Symbol.asyncDispose]();
        signal.addEventListener('abort', close, { once: true });
        subscribed();
        for await (const { payload } of refusals) {
          const { requestId, code, message } = payload as OrderRequestRefused;
          if (this.#asked.has(requestId)) this.#asked.set(requestId, refusal(code, message));
        }
        signal.removeEventListener('abort', close);
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ err: error }, 'cannot listen for refusals');
        if (error instanceof BusError && error.code === 'CLOSED') return;
        await sleep(1_000, undefined, { signal }).catch(() => {}); // only ever the abort
      } finally {
        subscribed();
      }
    }
  }
}

export interface AskDependencies extends HoldDependencies, LoaderDependencies {
  answers: HolderAnswers;
}

/** See `Baton.request`. */
export async function askHolder(
  dependencies: AskDependencies,
  kind: OrderRequest['kind'],
  orderId: string,
  why: { by: string; reason: string | null },
  options: HoldOptions = {},
): Promise<OrderRecord | Refusal> {
  const [seen] = await readAtFloor(dependencies, [orderId]);
  if (!seen || options.visible?.(seen) === false) return refusal('NOT_FOUND', 'There is no such order.');
  const illegal = whyIllegal(kind, seen);
  if (illegal) return illegal;
  if (seen.holder === dependencies.system) {
    const own = await hold(
      dependencies,
      orderId,
      async (_tx, order, move) => {
        await move(requestedStatus(kind, order), {
          by: why.by,
          cause: why.reason,
          resumes: kind === 'RESUME',
        });
        return order;
      },
      options,
    );
    if (!isRefusal(own) || own.code !== 'NOT_HOLDER') return own;
  }
  const now = await readOrder(dependencies.database, orderId);
  return send(dependencies, now ?? seen, { kind, orderId, by: why.by, reason: why.reason });
}

async function send(
  { database, outbox, answers }: AskDependencies,
  seen: OrderRecord,
  question: Pick<OrderRequest, 'kind' | 'orderId' | 'by' | 'reason'>,
): Promise<OrderRecord | Refusal> {
  const request: OrderRequest = { ...question, id: uuidV7(), at: new Date().toISOString() };
  return answers.during(request.id, async (refused) => {
    await database.transaction((tx) =>
      outbox.append(tx, {
        subject: subjects.orderRequest(seen.holder),
        payload: request,
        messageId: request.id,
        orderingKey: request.orderId,
      }),
    );
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      await sleep(lookEveryMs);
      const no = refused();
      if (no) return no;
      const now = await readOrder(database, request.orderId);
      if (now && now.version > seen.version && isGranted(request.kind, now)) return now;
    }
    return refusal(
      'PENDING',
      'The order is with somebody else, who has been asked and has not answered yet.',
    );
  });
}

function isGranted(kind: OrderRequest['kind'], { status }: OrderRecord): boolean {
  if (kind === 'CANCEL') return status === 'CANCELLED';
  return (status === 'ON_HOLD') === (kind === 'HOLD');
}

function whyIllegal(kind: OrderRequest['kind'], order: OrderRecord): Refusal | null {
  try {
    const to = requestedStatus(kind, order);
    if (mayMove(order.status, to, order.heldFrom ?? null)) return null;
    return refusal('ILLEGAL_MOVE', `${standing[order.status]} It cannot become ${to}.`);
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}
