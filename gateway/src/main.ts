import type { Closers } from '@alexandrite/lifecycle/closers';
import { runUntilSignal } from '@alexandrite/lifecycle/run-until-signal';
import { createLog } from '@alexandrite/telemetry/log';
import { openTracing } from '@alexandrite/telemetry/open-tracing';
import { readTracingSettings } from '@alexandrite/telemetry/tracing-settings';
import { ConfigError } from './config/decode.ts';
import { help, parseFlags } from './config/flags.ts';
import { loadSettings } from './config/load.ts';
import { configSchema } from './config/schema.ts';
import { giveBackMemory } from './give-back-memory.ts';
import { Hangups } from './hangups.ts';
import { keepCompiledCode } from './keep-compiled-code.ts';
import { warnOfDescriptorLimit } from './transports/descriptor-limit.ts';

let settings: ReturnType<typeof loadSettings>;
let traces: ReturnType<typeof readTracingSettings>;
try {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.help || flags.printSchema) {
    process.stdout.write(flags.help ? help : configSchema());
    process.exit(0);
  }
  settings = loadSettings(flags, process.env);
  traces = readTracingSettings(process.env);
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n\nnpm run gateway -- --help says more.\n`);
  process.exit(2);
}

const hangups = new Hangups();
const log = createLog({ service: 'gateway', level: settings.settings.logLevel });
const { maxSockets, drainMs } = settings.settings.subscriptions;
const start = async (closers: Closers) => {
  closers.use(await openTracing(traces, log), 'the traces');
  keepCompiledCode();
  // Loaded now, so that a wrong flag is told at once.
  const [{ build }, { openPorts }] = await Promise.all([import('./build.ts'), import('./ports.ts')]);
  const ports = await openPorts(settings.settings, log, closers);
  const { subgraphUrls } = settings;
  const gateway = closers.use(await build(settings.settings, { ...ports, log, subgraphUrls }), 'gateway');
  giveBackMemory();
  warnOfDescriptorLimit(maxSockets, log);
  hangups.bringTo(() => gateway.reload());
  closers.use(hangups, 'hangups');
  log.info({ url: `${gateway.url}/graphql` }, 'ready');
};
await runUntilSignal(log, start, { deadlineMs: 10_000 + drainMs });
