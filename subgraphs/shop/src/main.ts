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

const log = createLog({ service: 'shop', level: env.logLevel });
await runUntilSignal(log, async (closers) => {
  const ports = closers.use(await openPorts(process.env, log, 'shop'), 'bus, cache and files');
  const shop = closers.use(await build(env, ports, log), 'the shop');
  log.info({ url: shop.url }, 'ready');
});
