import type { Metrics } from '@alexandrite/telemetry/metrics';
import type { Board } from '../dashboard/board.ts';

/** The pricing queues as the dashboard shows them, read when the metrics are. */
export function measureQueues(board: Board, metrics: Metrics): void {
  const orders = metrics.gauge({
    name: 'mes_pricing_orders',
    help: 'Orders whose price is waited for.',
    labelNames: ['channel', 'state'],
  });
  const oldest = metrics.gauge({
    name: 'mes_pricing_oldest_seconds',
    help: 'How long the oldest order has waited for a pricing engine.',
    labelNames: ['channel'],
  });
  metrics.onRead(async () => {
    const { queues } = await board.read();
    for (const { channel, waiting, inProgress, oldestAt } of queues) {
      orders.set({ channel, state: 'queued' }, waiting);
      orders.set({ channel, state: 'in_progress' }, inProgress);
      oldest.set({ channel }, oldestAt === null ? 0 : Math.max(0, (Date.now() - oldestAt) / 1_000));
    }
  });
}
