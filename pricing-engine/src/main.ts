import { runUntilSignal } from '@alexandrite/lifecycle/run-until-signal';
import { openPorts } from '@alexandrite/ports/open-ports';
import { createLog } from '@alexandrite/telemetry/log';
import { build } from './build.ts';
import { type Env, readEnv } from './env.ts';

let env: Env;
try {
  env = readEnv(process.env);
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}

const log = createLog({ service: 'pricing-engine', level: env.logLevel });
await runUntilSignal(log, async (closers) => {
  const ports = closers.use(
    await openPorts({ DATA_DIR: '.data', ...process.env }, log, 'pricing-engine'),
    'bus, cache and files',
  );
  const engine = closers.use(await build(env, ports), 'pricing engine');
  log.info({ url: engine.url, workers: env.workers }, 'ready');
});
