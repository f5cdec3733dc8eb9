import type { Baton } from '@alexandrite/baton';
import { type AnswerOptions, answerQuestions } from '@alexandrite/baton/answer-questions';
import { SystemQuestions } from '@alexandrite/baton/ask-systems';
import { createBaton } from '@alexandrite/baton/create-baton';
import type { Database } from '@alexandrite/database';
import type { Closers } from '@alexandrite/lifecycle/closers';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import type { Ports } from '@alexandrite/ports';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { Board } from './dashboard/board.ts';
import { openMesDatabase } from './database.ts';
import { collectDeadLetters } from './dead-letter/collect-dead-letters.ts';
import { measureDeadLetters } from './dead-letter/measure-dead-letters.ts';
import type { DeadLetterDesk } from './dead-letter/settle-dead-letter.ts';
import { onOrderMoved } from './order/on-order-moved.ts';
import { waitsFor } from './order/waits-for.ts';
import { followProgress, followResults } from './pricing/follow-engine.ts';
import { measureQueues } from './pricing/measure-queues.ts';
import { priceAgain } from './pricing/price-again.ts';
import { WorkQueue } from './work-order/work-queue.ts';

/** The service without its door: what lives as long as it does, and what every request uses. */
export interface Mes {
  database: Database;
  baton: Baton;
  board: Board;
  workQueue: WorkQueue;
  deadLetters: DeadLetterDesk;
}

export interface MesOptions extends Pick<Ports, 'bus' | 'cache'> {
  databaseUrl: string;
  replicaUrl?: string | undefined;
  log: Log;
  metrics: Metrics;
}

/** Opens the database and begins to follow orders and pricing engines; all of it is closed by `closers`. */
export async function openMes(options: MesOptions, closers: Closers): Promise<Mes> {
  const { bus, cache, log, metrics } = options;
  const database = closers.use(
    await openMesDatabase({ url: options.databaseUrl, replicaUrl: options.replicaUrl, log, metrics }),
    'the database',
  );
  const outbox = closers.use(openOutbox({ database, bus, log, metrics }), 'the outbox');
  const board = closers.use(new Board({ database, cache, bus, log, metrics }), 'the board');
  const workQueue = new WorkQueue({ database, cache, log });
  const onMove = onOrderMoved({ outbox, board, workQueue });
  const baton = closers.use(
    createBaton({ system: 'MES', database, outbox, bus, cache, log, metrics, onMove }),
    'the baton',
  );
  measureQueues(board, metrics);
  await outbox.start();
  await baton.start();
  const answers: AnswerOptions = {
    ...{ system: 'MES', database, outbox, bus, log },
    waitsFor: (orders) => waitsFor({ database, bus }, orders),
    retry: (orderId) => priceAgain({ database, bus, outbox }, orderId),
  };
  closers.use(await answerQuestions(answers), 'answering the other systems');
  const questions = closers.use(new SystemQuestions(answers), 'asking the other systems');
  questions.start();
  closers.use(await collectDeadLetters({ bus, database, log, metrics }), 'collecting dead letters');
  measureDeadLetters(database, metrics, log);
  const engines = { bus, database, baton, outbox, board, metrics, log };
  closers.use(await followResults(engines), 'listening to results');
  closers.use(await followProgress(engines), 'listening to progress');
  // what an earlier process committed may not have reached the cache
  workQueue.changed();
  board.touch();
  return { database, baton, board, workQueue, deadLetters: { database, outbox, questions, log } };
}
