/** `npm start`: the whole platform in this one process, on an embedded PostgreSQL. */
import { sowOnce } from './demo/sow-once.ts';
import { openEmbedded } from './embedded.ts';
import { runPlatform } from './run-platform.ts';

await runPlatform('embedded', 1, async (run) => {
  const { settings, closers, say, interrupted } = run;
  const logLevel = process.env.LOG_LEVEL || 'warn'; // one terminal for five services: only what matters
  const platform = await openEmbedded(settings, closers, { say, logLevel });
  interrupted.throwIfAborted();
  await sowOnce(run, settings.dataDir, () => platform.openGateway(0));
  interrupted.throwIfAborted();
  say('opening the gateway');
  const gateway = await platform.openGateway(settings.port);
  return Number(new URL(gateway.url).port);
});
