import type { Bus, Consumption } from '@alexandrite/bus';
import type { Cache } from '@alexandrite/cache';
import type { Database } from '@alexandrite/database';
import { afterCommit } from '@alexandrite/database/after-commit';
import { inBackground } from '@alexandrite/database/in-background';
import type { Outbox } from '@alexandrite/outbox';
import type { OrderMoved } from '@alexandrite/schema/events';
import type { System } from '@alexandrite/schema/order-status';
import type { Log } from '@alexandrite/telemetry/log';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { askHolder, HolderAnswers } from './ask-holder.ts';
import type { Baton, JudgeRequest, OnMove } from './baton.ts';
import { followMoves } from './follow-moves.ts';
import { grantRequests } from './grant-requests.ts';
import { hold, transact } from './hold.ts';
import { orderLoader } from './order-loader.ts';
import { VersionFloors } from './version-floors.ts';
import { forgetWrittenMoves } from './written-moves.ts';

const forgetEveryMs = 3_600_000; // an hour

export interface BatonOptions {
  system: System;
  /** Its first migration holds `ordersTableSql`, its entities `OrderRecord`. */
  database: Database;
  /** Of the same database; started and closed by its opener. */
  outbox: Outbox;
  bus: Bus;
  cache: Cache;
  log: Log;
  metrics: Metrics;
  onMove: OnMove;
  judge?: JudgeRequest;
}

/** The service's part in the passing of orders. Registers with the outbox: call it before `outbox.start()`. */
export function createBaton(options: BatonOptions): Baton {
  const { cache, outbox, bus, metrics } = options;
  const log = options.log.child({ part: 'baton' });
  const floors = new VersionFloors(cache, log, metrics);
  const behind = metrics.counter({
    name: 'order_reads_behind_total',
    help: 'Orders that were read older than known elsewhere, after waiting for them.',
  });
  const moves = metrics.counter({
    name: 'order_moves_total',
    help: 'Moves written or heard of.',
    labelNames: ['to', 'system'],
  });
  const onMove: OnMove = async (tx, order, moved) => {
    await options.onMove(tx, order, moved);
    const { from, to, version, by, cause } = moved;
    afterCommit(tx, () => {
      moves.inc({ to, system: moved.system });
      if (moved.system === options.system)
        log.info({ orderId: order.id, from, to, version, by, cause }, 'order moved');
    });
  };
  const answers = new HolderAnswers(bus, log);
  const dependencies = {
    ...options,
    log,
    floors,
    onMove,
    answers,
    judge: options.judge,
    countBehind: (orders: number) => behind.inc(orders),
  };

  // The process that committed may have died before it raised the floor.
  outbox.beforePublish((messages) => {
    const moved = messages.filter(({ subject }) => subject.startsWith('orders.'));
    return floors.raise(
      moved.map(({ payload }) => {
        const { order } = payload as OrderMoved;
        return { orderId: order.id, version: order.version };
      }),
    );
  });

  const consumptions: Consumption[] = [];
  let forgetting: Promise<void> | undefined;
  const forget = () => {
    forgetting = inBackground(() => forgetWrittenMoves(options.database)).catch((error) =>
      log.error({ err: error }, 'old moves could not be forgotten, it is tried again in an hour'),
    );
  };
  let forgetter: NodeJS.Timeout | undefined;
  return {
    async start() {
      forget();
      forgetter = setInterval(forget, forgetEveryMs);
      await answers.start();
      consumptions.push(await followMoves(dependencies), await grantRequests(dependencies));
    },
    hold: (orderId, work, holdOptions) => hold(dependencies, orderId, work, holdOptions),
    create: (work) => transact(dependencies, (tx, _moveOf, begin) => work(tx, begin)),
    request: (kind, orderId, why, holdOptions) => askHolder(dependencies, kind, orderId, why, holdOptions),
    loader: () => orderLoader(dependencies),
    async [Symbol.asyncDispose]() {
      clearInterval(forgetter);
      await forgetting;
      await Promise.all(consumptions.splice(0).map((consumption) => consumption[Symbol.asyncDispose]()));
      await answers[Symbol.asyncDispose]();
    },
  };
}
