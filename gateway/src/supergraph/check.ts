import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Log } from '@alexandrite/telemetry/log';

/** What a supergraph says of itself when it can be served. */
export interface CheckedSupergraph {
  /** The schema that clients see. */
  apiSdl: string;
  /** By name, with the URLs that composition knew. */
  subgraphs: ReadonlyMap<string, { url: string }>;
}

export type CheckMessage =
  | { kind: 'log'; level: 'trace' | 'debug' | 'warn' | 'error'; message: string }
  | { kind: 'checked'; apiSdl: string; subgraphs: readonly [name: string, url: string][] }
  | { kind: 'refused'; reason: string };

const timeoutMs = 120_000; // 2 minutes: a hundred times what large supergraphs take
const program = fileURLToPath(new URL('./check-process.ts', import.meta.url));

/**
 * `@apollo/gateway` loads and validates a composed schema, in a process of its own: requests go on meanwhile, and the
 * hundred megabytes that it needs are given back when it has said what it finds. Rejects with what is wrong.
 */
export async function checkSupergraph(sdl: string, log: Log): Promise<CheckedSupergraph> {
  // No secret of ours is its business.
  const env: NodeJS.ProcessEnv = {};
  for (const name of ['NODE_ENV', 'NODE_COMPILE_CACHE']) if (process.env[name]) env[name] = process.env[name];
  const child = fork(program, { execArgv: [], env, timeout: timeoutMs });
  try {
    return await new Promise<CheckedSupergraph>((resolve, reject) => {
      child.on('message', (message: CheckMessage) => {
        if (message.kind === 'log') log[message.level](message.message);
        else if (message.kind === 'refused') reject(new Error(message.reason));
        else {
          const { apiSdl, subgraphs } = message;
          resolve({ apiSdl, subgraphs: new Map(subgraphs.map(([name, url]) => [name, { url }])) });
        }
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        reject(new Error(`supergraph: its check ended with ${code ?? signal}`));
      });
      child.send(sdl);
    });
  } finally {
    child.kill('SIGKILL');
  }
}
