import type { Bus, Consumption } from '@alexandrite/bus';
import { subjectToken } from '@alexandrite/bus/subject-token';
import type { Database } from '@alexandrite/database';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { Outbox } from '@alexandrite/outbox';
import { discardParked, readUnsent, releaseParked } from '@alexandrite/outbox/unsent';
import type { System } from '@alexandrite/schema/order-status';
import type { Answer, Asked, OrderView, Question, Wait, WatchAction } from '@alexandrite/schema/questions';
import { mostViews } from '@alexandrite/schema/questions';
import { subjects } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';
import type { OrderRecord } from './order-record.ts';
import { readOrders } from './read-order.ts';
import { readWrittenMoves } from './written-moves.ts';

export interface AnswerOptions {
  system: System;
  database: Database;
  outbox: Outbox;
  bus: Bus;
  log: Log;
  /** What or whom orders wait for that this system holds, by order id. */
  waitsFor: (orders: readonly OrderRecord[]) => Promise<Map<string, Wait>>;
  /** What else this system can safely do for an order that stands still. Doing it twice does no harm. */
  retry?: (orderId: string) => Promise<WatchAction[]>;
  /** Of the shop: has an order priced once more; false where that cannot be. */
  resubmit?: (orderId: string, why: { by: string; reason: string | null }) => Promise<boolean>;
}

/** Whoever asked has given up by then. */
const staleMs = 30_000; // 30 seconds

/** Answers what the other systems ask about orders: any number of processes may. */
export function answerQuestions(options: AnswerOptions): Promise<Consumption> {
  const { bus, system, log } = options;
  return bus.consume(
    {
      stream: 'QUESTIONS',
      durable: `${system.toLowerCase()}-questions`,
      filter: subjects.question(system),
      concurrency: 4,
      ackWaitMs: 10_000,
      maxDeliveries: 2,
      backoffMs: [200],
    },
    async ({ payload }) => {
      const question = payload as Question;
      if (Date.now() - Date.parse(question.at) > staleMs) return;
      try {
        const answer = await answerQuestion(options, question);
        await bus.publish(subjects.answer(question.asker), answer, { messageId: `answer:${question.id}` });
      } catch (error) {
        // no dead letter: whoever asked asks again
        log.warn({ err: error, kind: question.asked.kind }, 'a question could not be answered');
      }
    },
  );
}

/** The same without the bus, for a system's questions to itself. */
export async function answerQuestion(
  options: AnswerOptions,
  { id: questionId, asked }: Pick<Question, 'id' | 'asked'>,
): Promise<Answer> {
  return { questionId, system: options.system, ...(await answerOf(options, asked)) };
}

async function answerOf(options: AnswerOptions, asked: Asked): Promise<Pick<Answer, 'views' | 'done'>> {
  const { database } = options;
  switch (asked.kind) {
    case 'VIEWS':
      return { views: await viewsOf(options, asked.orderIds.slice(0, mostViews)) };
    case 'PAGE':
      return {
        views: await database
          .em()
          .execute<OrderView[]>(
            'select id, status, version, holder from all_orders where id > ?::uuid order by id limit ?',
            [asked.after ?? '00000000-0000-0000-0000-000000000000', Math.min(asked.limit, mostViews)],
          ),
      };
    case 'REPUBLISH':
      return {
        done: (await republish(options, asked.orderId, asked.afterVersion)) ? ['MOVES_REPUBLISHED'] : [],
      };
    case 'RETRY': {
      const released = await releaseParked(database, { orderingKey: asked.orderId });
      const more = (await options.retry?.(asked.orderId)) ?? [];
      return { done: released > 0 ? ['MESSAGES_RELEASED', ...more] : more };
    }
    case 'RESUBMIT': {
      const { orderId, by, reason } = asked;
      return { done: (await options.resubmit?.(orderId, { by, reason })) ? ['ORDER_RESUBMITTED'] : [] };
    }
    case 'RELEASE_PARKED':
      return {
        done: (await releaseParked(database, { id: asked.outboxId })) > 0 ? ['MESSAGES_RELEASED'] : [],
      };
    case 'DISCARD_PARKED':
      return { done: (await discardParked(database, asked.outboxId)) ? ['MESSAGE_DISCARDED'] : [] };
    default:
      asked satisfies never;
      throw new Error('expected a question that is known');
  }
}

async function viewsOf(
  { database, system, waitsFor }: AnswerOptions,
  orderIds: readonly string[],
): Promise<OrderView[]> {
  const [orders, unsent] = await Promise.all([
    readOrders(database, orderIds),
    readUnsent(database, orderIds),
  ]);
  const waits = await waitsFor(orders.filter(({ holder }) => holder === system));
  const unsentOf = new Map(unsent.map((one) => [one.orderingKey, one]));
  return orders.map(({ id, status, version, holder }) => {
    const left = unsentOf.get(id);
    return {
      id,
      status,
      version,
      holder,
      wait: waits.get(id) ?? null,
      unsent: left
        ? { messages: left.messages, since: left.since.toISOString(), parked: left.parked, error: left.error }
        : null,
    };
  });
}

/** Says again what this system has written of an order; those who know it already do not listen. */
async function republish(
  { database, outbox }: AnswerOptions,
  orderId: string,
  afterVersion: number,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const moves = await readWrittenMoves(tx, orderId, afterVersion);
    await outbox.append(
      tx,
      ...moves.map((moved) => ({
        subject: subjects.orderMoved(subjectToken(moved.facts.accountId), subjectToken(orderId), moved.to),
        payload: moved,
        // the stream has seen the move's own id
        messageId: `${orderId}:${moved.version}:${uuidV7()}`,
        orderingKey: orderId,
      })),
    );
    return moves.length > 0;
  });
}
