import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { type Cluster, SUPERUSER } from './cluster.ts';

const slot = 'replica';
/** Of which primary it is a copy. */
const origin = 'copied-from';
/** What belongs to a running server, not to its data; of the folders only what is in them. */
const notCopied = [
  ...['postmaster.pid', 'postmaster.opts', 'backup_label', 'standby.signal'],
  ...[
    'pg_wal',
    'pg_replslot',
    'pg_dynshmem',
    'pg_notify',
    'pg_serial',
    'pg_snapshots',
    'pg_stat_tmp',
    'pg_subtrans',
  ],
];

/**
 * Makes sure that `dataDir` holds a streaming replica of the running cluster `primary` that listens on `port`: a base backup
 * on first use, and again when the primary is another one by now or has thrown away the log that the replica would need.
 * The embedded PostgreSQL has no pg_basebackup, so this speaks the backup functions that it is made of.
 */
export async function prepareReplica(primary: Cluster, port: number, dataDir: string): Promise<Cluster> {
  const url = `postgresql://${SUPERUSER}:${primary.password}@127.0.0.1:${port}/postgres`;
  const session = new pg.Client({ connectionString: url });
  await session.connect();
  try {
    const { rows } = await session.query<{ id: string }>(
      'select system_identifier::text as id from pg_control_system()',
    );
    const id = rows[0]!.id;
    if (!(await canGoOn(session, dataDir, id))) await copy(session, primary, dataDir, id);
    follow(primary, port, dataDir);
    return { ...primary, dataDir: realpathSync(dataDir) };
  } finally {
    await session.end();
  }
}

/** Whether the replica that is there is one of this primary, which has kept what it lacks. */
async function canGoOn(session: pg.Client, dataDir: string, id: string): Promise<boolean> {
  const known = join(dataDir, origin);
  if (!existsSync(known) || readFileSync(known, 'utf8') !== id) return false;
  const { rows } = await session.query<{ wal_status: string }>(
    `select wal_status from pg_replication_slots where slot_name = '${slot}'`,
  );
  return rows[0] !== undefined && rows[0].wal_status !== 'lost';
}

async function copy(session: pg.Client, primary: Cluster, dataDir: string, id: string): Promise<void> {
  mkdirSync(dirname(dataDir), { recursive: true });
  const fresh = `${dataDir}.new`;
  for (const folder of [fresh, dataDir]) rmSync(folder, { recursive: true, force: true });
  // From here on the primary keeps its log for the replica, at most as much as max_slot_wal_keep_size says.
  await session.query(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '${slot}'`,
  );
  await session.query(`select pg_create_physical_replication_slot('${slot}', true)`);
  await session.query(`select pg_backup_start('${slot}', fast => true)`);
  await copyFolder(primary.dataDir, fresh);
  const { rows } = await session.query<{ labelfile: string }>(
    'select labelfile from pg_backup_stop(wait_for_archive => false)',
  );
  for (const name of notCopied) {
    const path = join(fresh, name);
    if (!name.startsWith('pg_')) rmSync(path, { force: true });
    else for (const entry of readdirSync(path)) rmSync(join(path, entry), { recursive: true, force: true });
  }
  write(primary, join(fresh, 'backup_label'), rows[0]!.labelfile);
  write(primary, join(fresh, origin), id);
  renameSync(fresh, dataDir);
}

/** Owners and modes as they are. A file that the server deletes meanwhile is no loss: its log says so. */
async function copyFolder(from: string, to: string): Promise<void> {
  const child = spawn('cp', ['-a', `${from}/.`, to], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const other = said.split('\n').filter((line) => line !== '' && !line.includes('No such file or directory'));
  if (code !== 0 && (other.length > 0 || said === ''))
    throw new Error(`copying ${from} ended with ${code}: ${said.slice(-2_000)}`);
}

/** The primary's port differs with each start. The password stays in a file that only its owner reads. */
function follow(primary: Cluster, port: number, dataDir: string): void {
  const conninfo = `host=127.0.0.1 port=${port} user=${SUPERUSER} password=${primary.password} application_name=${slot}`;
  const settings = [`primary_conninfo = '${conninfo}'`, `primary_slot_name = '${slot}'`];
  write(primary, join(dataDir, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
  write(primary, join(dataDir, 'standby.signal'), '');
}

function write({ as }: Cluster, path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
  if (as.uid !== undefined && as.gid !== undefined) chownSync(path, as.uid, as.gid);
}
