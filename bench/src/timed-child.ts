import { runToEnd } from './child.ts';
import { timed } from './statistics.ts';

export interface TimedRun {
  output: string;
  ms: number;
  /** Of the program and all that it started, in user and system mode. */
  cpuMs: number;
}

/** Runs a program under bash's own `time`, which knows what its children used. Throws if it does not end with 0. */
export async function runTimed(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<TimedRun> {
  const script = 'TIMEFORMAT=$\'\\nCPU %3U %3S\'; time "$0" "$@"';
  const env = { ...(options.env ?? process.env), LC_ALL: 'C' };
  const { ms, value } = await timed(() =>
    runToEnd('bash', ['-c', script, program, ...args], { ...options, env }),
  );
  if (value.code !== 0) throw new Error(`${program} ended with ${value.code}:\n${value.output}`);
  const used = /\nCPU ([\d.]+) ([\d.]+)\n*$/.exec(value.output);
  if (!used) throw new Error(`no time at the end of:\n${value.output.slice(-500)}`);
  const output = value.output.slice(0, used.index);
  return { output, ms, cpuMs: (Number(used[1]) + Number(used[2])) * 1000 };
}
