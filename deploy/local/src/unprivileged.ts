import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How to start a program that refuses to run as root: what to put before it, and under which uid. */
export interface Unprivileged {
  prefix: readonly string[];
  uid?: number;
  gid?: number;
  /** Where the binaries are for that user: as given, or a copy that it can reach. */
  binaries: string;
}

/** initdb wants a user with a name; these two have one on every Linux. */
const DAEMON = 1;
const NOBODY = 65_534;
const REACHABLE = '/var/lib/alexandrite'; // root's own, but everybody may pass through it

/**
 * Finds out how `binaries` can run over `dataDir` on this machine. An ordinary user runs them as they are. Root tries, in
 * this order: a user namespace (nothing is copied or changes owner), the owner of the checkout, `nobody`, and last
 * `nobody` with copies under /var/lib, for a checkout inside a folder that others cannot enter. Throws when none works.
 */
export function unprivileged(binaries: string, dataDir: string): Unprivileged {
  if (process.getuid?.() !== 0) return { prefix: [], binaries };
  const parent = dirname(dataDir);
  mkdirSync(parent, { recursive: true });

  const namespace = {
    prefix: ['unshare', '--user', `--map-user=${DAEMON}`, `--map-group=${DAEMON}`],
    binaries,
  };
  if (canReach(namespace, parent) && ownedBy(dataDir, 0)) return namespace;

  const owner = ownerOf(parent);
  if (owner) {
    const asOwner = { prefix: [], uid: owner.uid, gid: owner.gid, binaries };
    if (canReach(asOwner, parent)) return owning(asOwner, dataDir);
  }

  const asNobody = { prefix: [], uid: NOBODY, gid: NOBODY, binaries };
  if (canReach(asNobody, parent)) return owning(asNobody, dataDir);

  const copied = { ...asNobody, binaries: copyOf(binaries) };
  moveOut(dataDir);
  if (canReach(copied, dirname(copied.binaries))) return owning(copied, dataDir);
  throw new Error(
    `PostgreSQL refuses to run as root, and neither a user namespace (unshare) nor another uid works here. ` +
      `Start as an ordinary user, or give DATABASE_URL_SHOP, DATABASE_URL_CRM and DATABASE_URL_MES.`,
  );
}

/** Whoever, not being root, owns the folder or the nearest one around it: an ordinary user's checkout. */
function ownerOf(folder: string): { uid: number; gid: number } | undefined {
  const { uid, gid } = statSync(folder);
  if (uid !== 0) return { uid, gid };
  return dirname(folder) === folder ? undefined : ownerOf(dirname(folder));
}

function canReach(as: Unprivileged, folder: string): boolean {
  const test = ['sh', '-c', 'id -un && test -x "$2" && "$1/bin/postgres" --version'];
  const [command, ...args] = [...as.prefix, ...test, 'sh', as.binaries, folder];
  const result = spawnSync(command!, args, { uid: as.uid, gid: as.gid, stdio: 'ignore', timeout: 10_000 });
  return result.status === 0;
}

/** A cluster that another uid made earlier stays with that uid: PostgreSQL insists on owning its folder. */
function ownedBy(dataDir: string, uid: number): boolean {
  return !existsSync(dataDir) || statSync(dataDir).uid === uid;
}

function owning(as: Unprivileged & { uid: number; gid: number }, dataDir: string): Unprivileged {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!ownedBy(dataDir, as.uid)) {
    const result = spawnSync('chown', ['-R', `${as.uid}:${as.gid}`, `${dataDir}/`]);
    if (result.status !== 0) throw new Error(`chown of ${dataDir} failed: ${result.stderr}`);
  }
  chownSync(dataDir, as.uid, as.gid);
  return as;
}

function copyOf(binaries: string): string {
  const target = join(REACHABLE, `binaries-${digest(binaries)}`);
  if (!existsSync(join(target, 'bin', 'postgres'))) {
    mkdirSync(REACHABLE, { recursive: true, mode: 0o755 });
    rmSync(target, { recursive: true, force: true });
    cpSync(binaries, target, { recursive: true, verbatimSymlinks: true });
  }
  return target;
}

/** Puts the data where the unprivileged user can reach them and leaves a symbolic link in the checkout. */
function moveOut(dataDir: string): void {
  if (existsSync(dataDir) && lstatSync(dataDir).isSymbolicLink()) return;
  const target = join(REACHABLE, `data-${digest(dataDir)}`);
  mkdirSync(REACHABLE, { recursive: true, mode: 0o755 });
  if (existsSync(dataDir)) {
    cpSync(dataDir, target, { recursive: true, verbatimSymlinks: true });
    rmSync(dataDir, { recursive: true });
  }
  mkdirSync(target, { recursive: true, mode: 0o700 });
  symlinkSync(target, dataDir);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
