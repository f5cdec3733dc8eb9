/** `npm run start:full`: real NATS, Redis and PostgreSQL, and every service a process of its own. */
import { parseArgs } from 'node:util';
import { openFull } from './full.ts';
import { runPlatform } from './run-platform.ts';
import { MissingServer } from './servers.ts';
import { StartRefused } from './start-refused.ts';
import { DoesNotComeUp } from './supervisor.ts';

const help = `Usage: npm run start:full [-- --gateways <n> --engines <n>]

  --gateways   how many gateways, on PORT (4000), PORT + 1, …; default 1
  --engines    how many pricing engines; default 1
`;

const { gateways, engines } = readCounts();
await runPlatform('full', gateways, (run) =>
  openFull(run, { gateways, engines }).catch((error: unknown) => {
    const explained = error instanceof MissingServer || error instanceof DoesNotComeUp;
    throw explained ? new StartRefused(error.message) : error;
  }),
);

function readCounts(): { gateways: number; engines: number } {
  try {
    const { values } = parseArgs({
      options: {
        gateways: { type: 'string' },
        engines: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    return { gateways: count('--gateways', values.gateways), engines: count('--engines', values.engines) };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

function count(flag: string, text = '1'): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 64)
    throw new TypeError(`${flag}: expected 1 to 64, got ${text}`);
  return value;
}
