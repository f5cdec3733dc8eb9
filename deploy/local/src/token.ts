import { parseArgs } from 'node:util';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import { roles } from '@alexandrite/auth/viewer';
import { dataDir } from './checkout.ts';
import { defaultSubject } from './people.ts';
import { readSecrets } from './secrets.ts';

const HALF_A_DAY = 43_200; // 12 hours in seconds
const help = `Usage: npm run --silent token -- --role <role> [--sub <id>] [--ttl <seconds>]

Prints a signed development token (JWT), nothing else.

  --role   ${roles.join(', ')}
  --sub    who; default ${Object.values(defaultSubject).join(', ')}
  --ttl    how long it is valid; default ${HALF_A_DAY} (12 hours)
`;

class UsageError extends Error {}

try {
  const token = await makeToken(process.argv.slice(2));
  process.stdout.write(token);
} catch (error) {
  const parsing = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  if (!parsing && !(error instanceof UsageError)) throw error;
  process.stderr.write(`${(error as Error).message}\n\n${help}`);
  process.exitCode = 2;
}

async function makeToken(argv: string[]): Promise<string> {
  const { values } = parseArgs({
    args: argv,
    options: {
      role: { type: 'string' },
      sub: { type: 'string' },
      ttl: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return help;
  const role = roles.find((known) => known === values.role);
  if (!role)
    throw new UsageError(`--role: expected one of ${roles.join(', ')}, got ${values.role ?? 'nothing'}`);
  const ttl = Number(values.ttl ?? HALF_A_DAY);
  if (!Number.isInteger(ttl) || ttl < 1) throw new UsageError(`--ttl: expected seconds, got ${values.ttl}`);
  const sub = values.sub ?? defaultSubject[role];
  if (sub === '') throw new UsageError('--sub: expected who the token is for, got nothing');
  const { AUTH_SECRET } = readSecrets(dataDir(process.env), process.env);
  return `${await signToken(sharedKey(AUTH_SECRET, 'AUTH_SECRET'), { sub, role }, ttl)}\n`;
}
