import { spawn } from 'node:child_process';
import { once } from 'node:events';

const KEPT_OUTPUT = 100_000; // characters: enough for any table, and a bound for a child that floods
const READY_WITHIN_MS = 60_000; // a minute: machines are shared

export interface Ended {
  code: number | null;
  output: string;
}

/** Runs a program and keeps what it says, on either stream. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  { cwd, env = process.env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = keepOutput(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output() };
}

/** A server in a process of its own. */
export interface Server extends AsyncDisposable {
  /** The JSON of its line `READY {…}`. */
  ready: Record<string, string>;
  pid: number;
}

export interface ServerOptions {
  env?: Record<string, string>;
  /** Flags for Node itself. */
  node?: readonly string[];
  /** Asked again and again, for servers that do not say `READY`. */
  isReady?: () => Promise<boolean>;
}

/** Starts one of our scripts under this Node; resolves when it says `READY {…}`, or `isReady` resolves true. */
export async function startServer(
  script: string,
  args: readonly string[],
  { env = {}, node = [], isReady }: ServerOptions = {},
): Promise<Server> {
  const child = spawn(process.execPath, [...node, script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = keepOutput(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 5_000); // 5 seconds: peers may hold on to connections
    await ended;
    clearTimeout(forced);
  };
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const line = /^READY (\{.*\})$/m.exec(output())?.[1];
    if (line) return { ready: JSON.parse(line), pid: child.pid!, [Symbol.asyncDispose]: stop };
    if (isReady && (await isReady())) return { ready: {}, pid: child.pid!, [Symbol.asyncDispose]: stop };
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) {
      await stop();
      throw new Error(`${script} ${args.join(' ')} is not ready${ended ? ' but ended' : ''}:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function keepOutput(child: ReturnType<typeof spawn>): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
  return () => output;
}
