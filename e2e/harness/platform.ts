import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export type PlatformKind = 'embedded' | 'full';

/** A whole platform as `npm start` or `npm run start:full` runs it, with data of its own. */
export interface Platform extends AsyncDisposable {
  url: string;
  dataDir: string;
  /** A development token, as `npm run token` makes it. */
  token(role: string, sub: string): Promise<string>;
  /** Withdraws somebody's tokens, as `npm run revoke` does. */
  revoke(sub: string): Promise<void>;
  /** The process id of one of its processes: `gateway-1`, `shop`, `nats`… (`full` only). */
  pid(name: string): Promise<number>;
  /** Kills the whole tree with -9, as a power cut would. */
  kill(): Promise<void>;
  /** Starts again on the same data and port, after `kill`. */
  restart(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

export async function startPlatform(
  kind: PlatformKind,
  options: { arguments?: string[]; environment?: Record<string, string> } = {},
): Promise<Platform> {
  const dataDir = await mkdtemp(join(tmpdir(), `alexandrite-${kind}-`));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    ...process.env,
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    ...options.environment,
  };
  let child: ChildProcess;
  let output = '';

  async function start(): Promise<void> {
    output = '';
    const script = kind === 'embedded' ? 'deploy/local/src/start.ts' : 'deploy/local/src/start-full.ts';
    child = spawn(process.execPath, [script, ...(options.arguments ?? [])], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group of its own: a signal to the test run must not reach it first
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        output = (output + text.toString()).slice(-20_000);
      });
    await until(
      `the ${kind} platform is ready`,
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
        return (await fetch(`${url}/health/ready`)).ok;
      },
      150_000, // 150 seconds: a first start sets up databases on a busy machine
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${output}`);
    });
  }

  const ended = () =>
    until('the platform has ended', async () => child.exitCode !== null || child.signalCode !== null, 30_000);

  await start();
  return {
    url,
    dataDir,
    token: (role, sub) =>
      run(['deploy/local/src/token.ts', '--role', role, '--sub', sub], environment).then((text) =>
        text.trim(),
      ),
    async revoke(sub) {
      await run(['deploy/local/src/revoke.ts', '--sub', sub], environment);
    },
    pid: async (name) => Number(await readFile(join(dataDir, 'run', `${name}.pid`), 'utf8')),
    async kill() {
      process.kill(-child.pid!, 'SIGKILL');
      await ended();
    },
    restart: start,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await ended().catch((error: Error) => {
          process.kill(-child.pid!, 'SIGKILL');
          throw new Error(`${error.message}\n${output}`);
        });
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function run(args: string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(null)));
  if (child.exitCode !== 0) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
  return text;
}
