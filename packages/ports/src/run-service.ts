import type { Service } from '@alexandrite/lifecycle';
import { runUntilSignal } from '@alexandrite/lifecycle/run-until-signal';
import { createLog, type Log, type LogLevel } from '@alexandrite/telemetry/log';
import { openTracing } from '@alexandrite/telemetry/open-tracing';
import { readTracingSettings } from '@alexandrite/telemetry/tracing-settings';
import { openPorts } from './open-ports.ts';
import type { Ports } from './ports.ts';

interface ServiceProcess<E> {
  name: string;
  /** Throws a TypeError that names the variable: it is printed as one line, and the process ends with 2. */
  readEnv: (environment: NodeJS.ProcessEnv) => E;
  build: (env: E, ports: Ports, log: Log) => Promise<Service>;
}

/** What the `main.ts` of a service behind the gateway does: settings, ports, the service, until a signal ends it. */
export async function runService<E extends { logLevel: LogLevel }>(
  service: ServiceProcess<E>,
): Promise<void> {
  const { name, readEnv, build } = service;
  let env: E;
  let traces: ReturnType<typeof readTracingSettings>;
  try {
    env = readEnv(process.env);
    traces = readTracingSettings(process.env);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  const log = createLog({ service: name, level: env.logLevel });
  await runUntilSignal(log, async (closers) => {
    closers.use(await openTracing(traces, log), 'the traces');
    const ports = closers.use(await openPorts(process.env, log, name), 'bus, cache and files');
    const { url } = closers.use(await build(env, ports, log), name);
    log.info({ url }, 'ready');
  });
}
