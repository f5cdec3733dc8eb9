/**
 * nats-server's state for Prometheus, as a process of its own:
 * `NATS_MONITOR_URL=http://nats:8222 PORT=4005 HOST=0.0.0.0 METRICS_TOKEN=… node deploy/local/src/nats-exporter.ts`
 */
import { listenAddress, metricsToken, webAddress } from '@alexandrite/lifecycle/environment';
import { runUntilSignal } from '@alexandrite/lifecycle/run-until-signal';
import { createLog } from '@alexandrite/telemetry/log';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { serveMetrics } from './metrics-server.ts';
import { watchNats } from './nats-metrics.ts';

const monitorUrl = webAddress(process.env, 'NATS_MONITOR_URL', 'http://127.0.0.1:8222');
const place = { ...listenAddress(process.env), metricsToken: metricsToken(process.env) };
const log = createLog({ service: 'nats-exporter' });
await runUntilSignal(log, async (closers) => {
  const metrics = new Metrics('nats');
  watchNats(metrics, monitorUrl);
  const { port } = closers.use(await serveMetrics(metrics, place), 'the metrics');
  log.info({ port, monitorUrl }, 'ready');
});
