import type { Bus } from '@alexandrite/bus';
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
  const looking = setInterval(() => {
    if (away === !bus.connected) return;
    away = !bus.connected;
    tell(away);
  }, lookMs);
  looking.unref();
  return { [Symbol.dispose]: () => clearInterval(looking) };
}
