import type { OrderRecord } from '@alexandrite/baton/order-record';
import { STAGES, type Stage, type StageTimes } from './stage-times.ts';

/** When an order will probably leave and arrive, and what is still before it. */
export interface DeliveryEstimate {
  promisedAt: Date | null;
  shipsAt: Date;
  arrivesAt: Date;
  /** It will probably arrive after the day that was promised. */
  late: boolean;
  /** Still to come, the one it is in first. */
  stages: { status: Stage; seconds: number }[];
}

/** An order that has been in a stage for longer than usual will be there for a while yet: this share of the usual time. */
const overdueShare = 0.1;

/** How long an order will be in a stage that it has not come to yet. */
export function staySeconds(stage: Stage, { seconds, backlogSeconds }: StageTimes): number {
  // the work ahead decides, once there is more of it than usual
  return stage === 'MANUFACTURING_APPROVED' ? Math.max(seconds[stage], backlogSeconds) : seconds[stage];
}

/** How much longer it will be in one where it has been for so long. */
export function restSeconds(stay: number, elapsedSeconds: number): number {
  return Math.max(stay - elapsedSeconds, stay * overdueShare);
}

/** Null for an order that is not on its way: not submitted yet, failed, rejected, at its end. */
export function estimateDelivery(
  order: Pick<OrderRecord, 'status' | 'heldFrom' | 'movedAt' | 'promisedAt'>,
  times: StageTimes,
  now: Date = new Date(),
): DeliveryEstimate | null {
  const held = order.status === 'ON_HOLD';
  const stage = stageOf(held ? (order.heldFrom ?? null) : order.status);
  if (stage === null) return null;
  const elapsed = (now.getTime() - order.movedAt.getTime()) / 1_000;
  const stages = STAGES.slice(STAGES.indexOf(stage)).map((status) => ({
    status,
    seconds: staySeconds(status, times),
  }));
  const first = stages[0]!;
  // a held order has its stay before it once more when it goes on, and nobody knows for how much of it
  first.seconds = held
    ? first.seconds + restSeconds(times.seconds.ON_HOLD, elapsed)
    : restSeconds(first.seconds, elapsed);
  const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  const onTheWay = stages.at(-1)!.seconds;
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
  const promisedAt = order.promisedAt ?? null;
  const arrivesAt = after(total);
  return {
    promisedAt,
    shipsAt: stage === 'SHIPPED' ? order.movedAt : after(total - onTheWay),
    arrivesAt,
    late: promisedAt !== null && arrivesAt > promisedAt,
    stages,
  };
}

function stageOf(status: string | null): Stage | null {
  if (status === 'REWORK') return 'MANUFACTURING_APPROVED';
  return STAGES.find((stage) => stage === status) ?? null;
}
