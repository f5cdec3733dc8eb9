/** `npm run pricing -- <command>`: a person's tools for what the pricing engines keep. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRedisCache } from '@alexandrite/cache/redis';
import { RedisKeys } from '@alexandrite/cache/redis-keys';
import { createLog } from '@alexandrite/telemetry/log';
import { engineVersion } from './features.ts';
import { FolderStore } from './identity/folder-store.ts';
import { forgetVersions, type KeyedStore, keptVersions } from './identity/kept-versions.ts';
import { type SuspectStore, Suspects } from './queue/suspects.ts';

const help = `Usage: npm run --silent pricing -- <command>

  known                    what is kept of measured models, by the version of the engine (this one is ${engineVersion})
  forget --version <v>     forgets what that version has kept: models are measured anew
  forget --others          forgets all versions but this one
  forget --all             forgets everything, models that look alike and those set aside among it
  release <sha256>         measures a model again that was set aside (MODEL_QUARANTINED)

Works on the Redis of REDIS_URL, else on DATA_DIR (.data). Nothing is lost but time, and no price changes. An engine that runs
goes on estimating by the models it has in memory until it is started anew. Requests that were given up:
npm run dead-letters -- --help. Exit code 2 for a wrong command line.
`;

class UsageError extends Error {}

interface Kept extends AsyncDisposable {
  store: SuspectStore;
  keyed: KeyedStore;
}

async function openKept({ REDIS_URL: url, DATA_DIR }: NodeJS.ProcessEnv): Promise<Kept> {
  if (!url) {
    const store = new FolderStore({ folder: join(DATA_DIR || '.data', 'known-models') });
    return { store, keyed: store, [Symbol.asyncDispose]: async () => {} };
  }
  const log = createLog({ service: 'pricing', level: 'warn' });
  const cache = await openRedisCache({ url, prefix: 'alexandrite', log });
  const keys = new RedisKeys({ url, prefix: 'alexandrite' });
  return {
    store: cache,
    keyed: { keys: (start) => keys.beginningWith(start), forget: (some) => keys.delete(some) },
    [Symbol.asyncDispose]: async () => {
      await keys[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
    },
  };
}

async function run(argv: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      version: { type: 'string' },
      others: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const [command, what, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`expected less than ${more.join(' ')}`);
  const perform = meant(command, what, values);
  await using kept = await openKept(process.env);
  await perform(kept);
}

/** What is to be done, all of the command line checked. */
function meant(
  command: string | undefined,
  what: string | undefined,
  { version, others, all }: { version?: string | undefined; others: boolean; all: boolean },
): (kept: Kept) => Promise<void> {
  switch (command) {
    case 'known':
      return list;
    case 'forget': {
      if ([version !== undefined, others, all].filter(Boolean).length !== 1)
        throw new UsageError('forget: expected one of --version, --others, --all');
      const isMeant = (kept: string) => all || (others ? kept !== engineVersion : kept === version);
      return async ({ keyed }) => say(`${await forgetVersions(keyed, isMeant)} entries forgotten`);
    }
    case 'release': {
      if (!/^[0-9a-f]{64}$/.test(what ?? ''))
        throw new UsageError(`release: expected the sha256 of a file, got ${what ?? 'nothing'}`);
      return async ({ store }) => {
        const suspects = new Suspects(store, (error) => {
          throw error;
        });
        await suspects.release(what!);
        say(`${what} is measured again when somebody asks for its price`);
      };
    }
    default:
      throw new UsageError(`expected known, forget or release, got ${command ?? 'nothing'}`);
  }
}

async function list({ keyed }: Kept): Promise<void> {
  const versions = await keptVersions(keyed);
  for (const { version, entries } of versions)
    say(`version ${version}: ${entries} entries${version === engineVersion ? ' (this engine’s)' : ''}`);
  if (versions.length === 0) say('nothing is kept');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const usage =
    error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  if (!usage) throw error;
  process.stderr.write(`${(error as Error).message}\n\n${help}`);
  process.exitCode = 2;
}
