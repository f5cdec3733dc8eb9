import { availableParallelism } from 'node:os';
import { type LogLevel, logLevel } from '@alexandrite/telemetry/log';
import type { Limits } from './limits.ts';
import { readLimits } from './read-limits.ts';

export interface Env {
  host: string;
  /** 0 takes a free one. */
  port: number;
  logLevel: LogLevel;
  /** Threads, and models measured at a time. Default: one less than the machine has cores, at least one. */
  workers: number;
  limits: Limits;
}

/** The engine's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  return {
    host: environment.HOST || '127.0.0.1',
    port: wholeNumber(environment, 'PORT', 0, [0, 65_535]),
    logLevel: logLevel(environment.LOG_LEVEL),
    workers: wholeNumber(environment, 'PRICING_WORKERS', Math.max(1, availableParallelism() - 1), [1, 256]),
    limits: readLimits(environment),
  };
}

function wholeNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  otherwise: number,
  [least, most]: [number, number],
): number {
  const text = environment[name];
  if (!text) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`${name}: expected ${least} to ${most}, got ${JSON.stringify(text)}`);
  return value;
}
