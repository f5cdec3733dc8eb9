import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';

const startWithinMs = 20_000; // 20 seconds: machines are shared

/** A server process of its own, on a free port, with its data in a temporary folder. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** kill -9, waiting until the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and the same data; does nothing when it runs. */
  start(): Promise<void>;
  /** Stops it where it stands: connections stay, answers do not come. `thaw` lets it go on. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Throws the data away; only while it is killed. */
  wipe(): Promise<void>;
}

/**
 * The path of a server's binary, or null where it is not installed: the tests that need it must then be skipped. Says
 * so loudly on a laptop, and throws where `CI` is set, since there a skipped test would pass unseen.
 */
export function serverBinary(name: 'nats-server' | 'redis-server' | 'promtool'): string | null {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/local/bin',
  ];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder; what it means to be in none is decided below.
    }
  }
  if (process.env.CI) throw new Error(`${name} is not installed, and CI must not skip its tests`);
  const debianPackage = name === 'promtool' ? '--no-install-recommends prometheus' : name;
  process.stderr.write(
    `\n*** ${name} is not installed: its tests are SKIPPED (apt-get install ${debianPackage}) ***\n\n`,
  );
  return null;
}

/** nats-server with JetStream. */
export function startNats(): Promise<TestServer> {
  return startServer('nats-server', 'nats', ({ port, folder }) => [
    ...['--addr', '127.0.0.1', '--port', String(port)],
    ...['--jetstream', '--store_dir', folder],
  ]);
}

/** redis-server; its data survive a restart (append-only file, every write). */
export function startRedis(): Promise<TestServer> {
  return startServer('redis-server', 'redis', ({ port, folder }) => [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
    ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'no', '--daemonize', 'no'],
  ]);
}

async function startServer(
  name: 'nats-server' | 'redis-server',
  scheme: string,
  argumentsFor: (place: { port: number; folder: string }) => string[],
): Promise<TestServer> {
  const binary = serverBinary(name);
  if (!binary) throw new Error(`${name} is not installed`);
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const port = await freePort();
  let child: ChildProcess | undefined;
  // A test run that is itself killed must not leave servers behind.
  const onExit = () => child?.kill('SIGKILL');
  process.on('exit', onExit);

  const kill = async () => {
    const dying = child;
    child = undefined;
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    dying.kill('SIGKILL');
    await once(dying, 'exit');
  };
  const start = async () => {
    if (child) return;
    const starting = spawn(binary, argumentsFor({ port, folder }), { stdio: ['ignore', 'pipe', 'pipe'] });
    child = starting;
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk).slice(-4_000);
    };
    starting.stdout.on('data', keep);
    starting.stderr.on('data', keep);
    const deadline = Date.now() + startWithinMs;
    while (!(await accepts(port))) {
      if (starting.exitCode !== null) throw new Error(`${name} ended with ${starting.exitCode}: ${output}`);
      if (Date.now() > deadline)
        throw new Error(`${name} did not listen within ${startWithinMs} ms: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const wipe = async () => {
    await rm(folder, { recursive: true, force: true });
  };

  await start();
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    kill,
    start,
    freeze: async () => void child?.kill('SIGSTOP'),
    thaw: async () => void child?.kill('SIGCONT'),
    wipe,
    [Symbol.asyncDispose]: async () => {
      process.off('exit', onExit);
      await kill();
      await wipe();
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
