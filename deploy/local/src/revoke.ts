/** `npm run revoke -- --sub ID`: the platform that runs refuses somebody's tokens from now on. */
import { parseArgs } from 'node:util';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import { runningPlatform } from './claim-folder.ts';
import { readSettings } from './settings.ts';

const help = `Usage: npm run revoke -- --sub <id> | --jti <id> [--url <platform>]

Withdraws tokens: their sockets and streams end, and they are refused by every gateway from now on.

  --sub   whose; all that were issued until this second
  --jti   the one with this id
  --url   the platform; default the one that runs over this data folder
`;

const { which, url } = readFlags();
const settings = readSettings(process.env);
const address = url ?? runningPlatform(settings.dataDir)?.url;
if (!address) fail(`no platform runs over ${settings.dataDir}: start it, or say --url`);
const key = sharedKey(settings.secrets.AUTH_SECRET, 'AUTH_SECRET');
const admin = await signToken(key, { sub: 'revoke', role: 'admin' }, 60);
const response = await fetch(`${address}/revocations`, {
  method: 'POST',
  headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
  body: JSON.stringify(which),
});
if (!response.ok) fail(`${address} answered ${response.status}: ${await response.text()}`);
process.stdout.write(`${await response.text()}\n`);

function readFlags(): { which: Record<string, string>; url: string | undefined } {
  try {
    const { values } = parseArgs({
      options: {
        sub: { type: 'string' },
        jti: { type: 'string' },
        url: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const { sub, jti } = values;
    if ((sub === undefined) === (jti === undefined)) usage('expected --sub or --jti');
    return { which: sub === undefined ? { jti: jti! } : { sub }, url: values.url };
  } catch (error) {
    usage((error as Error).message);
  }
}

function usage(message: string): never {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(2);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
