import type { Bus, Consumption, Delivery } from '@alexandrite/bus';
import { tracedHandler } from '@alexandrite/bus/traced';
import { handleOnce } from '@alexandrite/outbox/inbox';
import type { OrderRequest, OrderRequestRefused } from '@alexandrite/schema/events';
import { subjects } from '@alexandrite/schema/subjects';
import type { Metrics } from '@alexandrite/telemetry/metrics';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { JudgeRequest } from './baton.ts';
import { type HoldDependencies, hold, transact } from './hold.ts';
import { readOrder } from './read-order.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { requestedStatus } from './requested-move.ts';

export interface GrantDependencies extends HoldDependencies {
  bus: Bus;
  metrics: Metrics;
  judge: JudgeRequest | undefined;
}

/** A request that runs after an order from holder to holder is refused after so many. */
const mostForwards = 4;
const backoffMs = [100, 500, 2_000, 10_000, 60_000, 300_000];

/** Answers what is asked of this system against the grain: a move, or a refusal that says why. */
export function grantRequests(dependencies: GrantDependencies): Promise<Consumption> {
  const { bus, system } = dependencies;
  const durable = `${system.toLowerCase()}-requests`;
  const options = {
    stream: 'REQUESTS',
    durable,
    filter: subjects.orderRequest(system),
    concurrency: 4,
    ackWaitMs: 10_000, // 10 seconds: what a killed process had taken is given to another
    maxDeliveries: backoffMs.length + 1,
    backoffMs,
  };
  return bus.consume(
    options,
    tracedHandler(tracerOf(dependencies.metrics.service), options, (message) =>
      answer(dependencies, durable, message),
    ),
  );
}

async function answer(dependencies: GrantDependencies, durable: string, message: Delivery): Promise<void> {
  const request = message.payload as OrderRequest;
  const result = await hold(dependencies, request.orderId, async (tx, order, move) => {
    if (!(await handleOnce(tx, durable, message.messageId))) return;
    const to = requestedStatus(request.kind, order);
    const veto = await dependencies.judge?.(tx, order, request);
    if (veto) return veto;
    await move(to, { by: request.by, cause: request.reason, resumes: request.kind === 'RESUME' });
  });
  if (isRefusal(result)) await refuseOrForward(dependencies, durable, message, request, result);
}

async function refuseOrForward(
  dependencies: GrantDependencies,
  durable: string,
  message: Delivery,
  request: OrderRequest,
  why: Refusal,
): Promise<void> {
  const { outbox, database, system } = dependencies;
  const forwards = Number(message.messageId.split(':')[1] ?? 0);
  const order = why.code === 'NOT_HOLDER' ? await readOrder(database, request.orderId) : null;
  const forwardTo = order && order.holder !== system && forwards < mostForwards ? order.holder : null;
  const refused: OrderRequestRefused = {
    requestId: request.id,
    orderId: request.orderId,
    code: why.code,
    message: why.message,
  };
  await transact(dependencies, async (tx) => {
    if (!(await handleOnce(tx, durable, message.messageId))) return;
    await outbox.append(
      tx,
      forwardTo
        ? {
            subject: subjects.orderRequest(forwardTo),
            payload: request,
            messageId: `${request.id}:${forwards + 1}`,
            orderingKey: request.orderId,
          }
        : {
            subject: subjects.requestRefused,
            payload: refused,
            messageId: `refused:${request.id}`,
            orderingKey: request.orderId,
          },
    );
  });
}
