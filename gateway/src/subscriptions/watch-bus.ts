import { type Bus, BusError } from '@alexandrite/bus';
import type { Metrics } from '@alexandrite/telemetry/metrics';

/** An absence that is shorter is nobody's business: nothing is lost with it. */
const lookMs = 250;

/** Tells when the bus has gone away, and when it is back. */
export function watchBus(bus: Bus, tell: (away: boolean) => void, metrics: Metrics): Disposable {
  let away = false;
  metrics.gauge({
    name: 'gateway_bus_away',
    help: '1 while the bus is away: subscriptions that it feeds have nothing new.',
    collect() {
      this.set(bus.connected ? 0 : 1);
    },
  });
  metrics.gauge({
    name: 'gateway_bus_lag_messages',
    help: 'Messages of a stream that the slowest of its subscriptions here has not read yet, by stream.',
    labelNames: ['stream'],
    async collect() {
      this.reset();
      if (!bus.connected) return;
      try {
        for (const [stream, messages] of await bus.lag()) this.set({ stream }, messages);
      } catch (error) {
        // It has gone away in this moment, which the other gauge tells.
        if (!(error instanceof BusError)) throw error;
      }
    },
  });
  const looking = setInterval(() => {
    if (away === !bus.connected) return;
    away = !bus.connected;
    tell(away);
  }, lookMs);
  looking.unref();
  return { [Symbol.dispose]: () => clearInterval(looking) };
}
