import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';

const NODE_MAJOR = 24;

/** Whether `node_modules` is what package-lock.json asks for, on this kind of machine. */
export function isInstalled(root) {
  if (!existsSync(nodeBinary(root)) && !ownNodeWillDo()) return false;
  const stamp = stampFile(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === expectedStamp(root)) return true;
  if (!agreesWithLockfile(root)) return false;
  writeFileSync(stamp, expectedStamp(root)); // somebody ran npm by hand: just as good
  return true;
}

/** Exactly what the lockfile says; install scripts of packages are not run, none is needed. */
export async function installDependencies(root) {
  if (existsSync(installedFile(root))) {
    say('bringing the dependencies up to date');
    const { code } = await npm(root, ['install', '--no-save']); // changes only what differs
    if (code === 0 && agreesWithLockfile(root)) return finish(root);
  }
  say('installing dependencies and Node 24 (once; about a minute)');
  const { code, output } = await npm(root, ['ci']);
  if (code !== 0) throw new SetupError(explain(output));
  finish(root);
}

function npm(root, command) {
  const args = [...command, '--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error'];
  args.push('--no-audit', '--no-fund', '--no-progress');
  // npm says where it lives to what it runs; asked directly, this script looks for it on the PATH.
  const own = process.env.npm_execpath;
  const [program, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  return run('installing', program, [...first, ...args], { cwd: root, env: withoutWorkspace(process.env) });
}

function finish(root) {
  checkNode(root);
  writeFileSync(stampFile(root), expectedStamp(root));
}

/** `npm -w … run` would hand its choice of workspaces on to `npm ci`. */
function withoutWorkspace(env) {
  const rest = { ...env };
  for (const name of Object.keys(rest))
    if (/^npm_config_(workspaces?|omit|global)$/i.test(name)) delete rest[name];
  return rest;
}

function explain(output) {
  const causes = [
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/,
      'the npm registry cannot be reached',
    ],
    [/ENOSPC/, 'the disk is full: the dependencies need about 1 GB'],
    [/EACCES|EPERM|EROFS/, 'the checkout cannot be written by this user'],
    [
      /can only install packages when your package.json and/,
      'package-lock.json is not up to date: run npm install',
    ],
    [/EINTEGRITY/, 'a package is not the one that package-lock.json names'],
    [
      /UNABLE_TO_GET_ISSUER_CERT|SELF_SIGNED_CERT/,
      'the registry’s certificate is not trusted: set NODE_EXTRA_CA_CERTS',
    ],
  ];
  const known = causes.find(([pattern]) => pattern.test(output));
  const lines = output.split('\n').filter((line) => !/^(npm error)?\s*$/.test(line));
  // What matters comes first; npm appends its usage to some errors.
  return `npm ci did not work${known ? `: ${known[1]}` : ''}. It said:\n${lines.slice(0, 15).join('\n')}`;
}

function checkNode(root) {
  const binary = nodeBinary(root);
  if (!existsSync(binary)) {
    if (ownNodeWillDo()) return;
    const machine = `${process.platform} on ${process.arch}`;
    throw new SetupError(
      `npm has no Node ${NODE_MAJOR} for ${machine}, and this one is ${process.version}: install Node 24`,
    );
  }
  const { status, stdout, stderr, error } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (status !== 0 || !stdout.startsWith(`v${NODE_MAJOR}.`))
    throw new SetupError(`expected Node ${NODE_MAJOR} in ${binary}, got ${stdout || stderr || error}`);
}

function ownNodeWillDo() {
  return Number(process.versions.node.split('.')[0]) >= NODE_MAJOR;
}

/** npm puts this folder first on the PATH of every script, so `node` there is this one. */
function nodeBinary(root) {
  return join(root, 'node_modules', '.bin', 'node');
}

function stampFile(root) {
  return join(root, 'node_modules', '.alexandrite-setup');
}

function expectedStamp(root) {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  return `${lockfile} ${process.platform}-${process.arch}`;
}

/** npm writes there what it has installed, when it has finished, in the format of the lockfile. */
function installedFile(root) {
  return join(root, 'node_modules', '.package-lock.json');
}

function agreesWithLockfile(root) {
  if (!existsSync(installedFile(root))) return false;
  const installed = JSON.parse(readFileSync(installedFile(root), 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    if (!present) return entry.optional === true && !isForThisMachine(entry);
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

/** Optional packages are binaries for one kind of machine; which C library is npm's own business. */
function isForThisMachine({ os, cpu, libc }) {
  if (!os || !cpu || libc) return false;
  return os.includes(process.platform) && cpu.includes(process.arch);
}
