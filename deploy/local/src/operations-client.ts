import { userInfo } from 'node:os';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import { dataDir } from './checkout.ts';
import { runningPlatform } from './claim-folder.ts';
import { readSecrets } from './secrets.ts';

const TTL_SECONDS = 900; // 15 minutes

/** A command line that does not do: told with its help, exit code 2. */
export class UsageError extends Error {}

/** The graph says no. */
export class GraphRefused extends Error {}

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape that the command asked for
export type AskGraph = (query: string, variables?: Record<string, unknown>) => Promise<any>;

/**
 * Asks the platform as an administrator, in the name of whoever is at the keyboard: a token that is given
 * (`ALEXANDRITE_TOKEN`), or one signed with this checkout's own secret. `url`: default the platform that runs here.
 */
export async function operationsClient(url: string | undefined): Promise<AskGraph> {
  const folder = dataDir(process.env);
  const address = url ?? runningPlatform(folder)?.url;
  if (!address) throw new UsageError(`no platform runs over ${folder}: start one, or give --url`);
  const token = process.env.ALEXANDRITE_TOKEN || (await ownToken(folder));
  return async (query, variables = {}) => {
    const response = await fetch(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(60_000),
    });
    const { data, errors } = (await response.json()) as { data: unknown; errors?: { message: string }[] };
    if (errors?.length) throw new GraphRefused(errors.map(({ message }) => message).join('\n'));
    return data;
  };
}

function ownToken(folder: string): Promise<string> {
  const { AUTH_SECRET } = readSecrets(folder, process.env);
  const sub = `admin-${userInfo().username}`;
  return signToken(sharedKey(AUTH_SECRET, 'AUTH_SECRET'), { sub, role: 'admin' }, TTL_SECONDS);
}

/** Runs a command and ends with its exit code: 2 and the help for a wrong command line, 1 for a refusal. */
export async function runCommand(help: string, work: (argv: string[]) => Promise<void>): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(help);
    return;
  }
  try {
    await work(argv);
  } catch (error) {
    const usage =
      error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
    if (usage) process.stderr.write(`${(error as Error).message}\n\n${help}`);
    else if (error instanceof GraphRefused) process.stderr.write(`${error.message}\n`);
    else throw error;
    process.exitCode = usage ? 2 : 1;
  }
}
