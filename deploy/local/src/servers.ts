import { accessSync, constants, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { type Cluster, postgresCommand, SUPERUSER } from './cluster.ts';
import { createDatabases } from './create-databases.ts';
import type { ProcessSpec } from './supervisor.ts';

/** A server that is not on this machine, with the one line that says how to get it. */
export class MissingServer extends Error {}

/** nats-server with JetStream, its store in `folder`; `monitorPort` tells of its state. */
export function natsServer(folder: string, port: number, monitorPort: number): ProcessSpec {
  mkdirSync(folder, { recursive: true });
  return {
    name: 'nats',
    command: programOnPath(['nats-server'], 'nats-server'),
    args: [
      ...['--addr', '127.0.0.1', '--port', String(port), '--http_port', String(monitorPort)],
      ...['--jetstream', '--store_dir', folder],
    ],
    ready: () => answers(port, /^INFO /),
  };
}

/** Redis (or Valkey), bounded, its append-only file in `folder`. */
export function redisServer(folder: string, port: number): ProcessSpec {
  mkdirSync(folder, { recursive: true });
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    appendonly: 'yes',
    save: '',
    maxmemory: '512mb',
    'maxmemory-policy': 'volatile-lru',
    'set-proc-title': 'no', // the folder must stay on the command line: it tells this server from others
  };
  return {
    name: 'redis',
    command: programOnPath(['redis-server', 'valkey-server'], 'redis-server'),
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ready: () => answers(port, /^\+PONG/, 'PING\r\n'),
  };
}

/** The embedded PostgreSQL as a process of its own, with the databases made once it is up. */
export function postgresServer(cluster: Cluster, port: number, databases: readonly string[]): ProcessSpec {
  const adminUrl = postgresUrl(cluster, port, 'postgres');
  return {
    name: 'postgres',
    ...postgresCommand(cluster, { port, durable: true }),
    shutdown: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
    async ready() {
      await createDatabases(adminUrl, databases);
      return true;
    },
  };
}

/** A replica that `prepareReplica` has made. */
export function replicaServer(cluster: Cluster, port: number): ProcessSpec {
  const url = postgresUrl(cluster, port, 'postgres');
  return {
    name: 'postgres-replica',
    ...postgresCommand(cluster, { port, durable: true }),
    shutdown: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
    async ready() {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
      try {
        await client.connect();
        const { rows } = await client.query<{ follows: boolean }>('select pg_is_in_recovery() as follows');
        return rows[0]?.follows === true;
      } finally {
        await client.end();
      }
    },
  };
}

export function postgresUrl(cluster: Cluster, port: number, database: string): string {
  return `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

function programOnPath(names: readonly string[], debianPackage: string): string {
  // Debian keeps servers where an ordinary user's PATH does not look.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found) return found;
  }
  throw new MissingServer(`npm run start:full needs ${names[0]}: apt-get install ${debianPackage}`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not here, perhaps in the next folder
  }
}

/** Whether a server greets, or answers `ask`, as expected within a second. */
function answers(port: number, expected: RegExp, ask = ''): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('data', (data) => done(expected.test(data.toString('latin1'))));
    socket.write(ask);
  });
}
