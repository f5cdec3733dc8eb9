/** `npm run seed -- --orders N`: demonstration orders, on the running platform or, where none runs, on its data. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Closers } from '@alexandrite/lifecycle/closers';
import { claimFolder, runningPlatform } from './claim-folder.ts';
import { demoGraph } from './demo/demo-graph.ts';
import { sowCrowd, sowDemo } from './demo/sow.ts';
import { progressFile } from './demo/sow-once.ts';
import { openEmbedded } from './embedded.ts';
import { type LocalSettings, readSettings } from './settings.ts';

const help = `Usage: npm run seed [-- --orders <n>] [--url <platform>] [--concurrency <n>]

Makes the demonstration's orders and, with --orders, a crowd of n more, through the public graph. What is there already
is not made again: an interrupted seed goes on where it was.

  --orders        how many orders the crowd has in all; default none
  --url           the platform; default the one that runs over this data folder, else its data without a public port
  --concurrency   how many orders are on their way at a time; default 16
`;

const { orders, concurrency, url } = readFlags();
const settings = readSettings(process.env);
const say = (line: string) => console.log(line);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

const closers = new Closers();
try {
  const { address, data } = await platform(settings);
  const graph = demoGraph(address, settings.secrets.AUTH_SECRET);
  const options = { graph, progressFile: progressFile(data), concurrency, say, signal: interruption.signal };
  const began = performance.now();
  await sowDemo(options);
  if (orders > 0) await sowCrowd(orders, options);
  say(`everything is there, after ${Math.round((performance.now() - began) / 1000)} s`);
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  say('interrupted; the next seed goes on from here');
  process.exitCode = 130;
} finally {
  await closers[Symbol.asyncDispose]();
}

async function platform(settings: LocalSettings): Promise<{ address: string; data: string }> {
  const { dataDir } = settings;
  if (url) return { address: url, data: dataDir };
  const running = runningPlatform(dataDir);
  if (running) {
    say(`into the running platform: ${running.url}`);
    return { address: running.url, data: running.kind === 'full' ? join(dataDir, 'full') : dataDir };
  }
  say(`no platform runs over ${dataDir}: into its data`);
  closers.use(claimFolder(dataDir, { url: 'a seed', kind: 'embedded' }), 'the data folder');
  const embedded = await openEmbedded(settings, closers, { say, logLevel: process.env.LOG_LEVEL || 'warn' });
  return { address: (await embedded.openGateway(0)).url, data: dataDir };
}

function readFlags(): { orders: number; concurrency: number; url: string | undefined } {
  try {
    const { values } = parseArgs({
      options: {
        orders: { type: 'string' },
        concurrency: { type: 'string' },
        url: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return {
      orders: count('--orders', values.orders ?? '0', 10_000_000),
      concurrency: Math.max(1, count('--concurrency', values.concurrency ?? '16', 256)),
      url: values.url,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

function count(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new TypeError(`${flag}: expected 0 to ${most}, got ${text}`);
  return value;
}
