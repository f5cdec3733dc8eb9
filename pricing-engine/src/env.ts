import { availableParallelism } from 'node:os';
import type { Language } from '@alexandrite/tariff';
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
  /** A folder of tariffs; undefined: those that come with the project. */
  tariffs: string | undefined;
  /** Of labels and messages in a price; both languages are there beside it. */
  language: Language;
}

/** The pricing engine's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  const language = environment.PRICING_LANGUAGE || 'en';
  if (language !== 'en' && language !== 'ru')
    throw new TypeError(`PRICING_LANGUAGE: expected en or ru, got ${JSON.stringify(language)}`);
  return {
    host: environment.HOST || '127.0.0.1',
    port: whole(environment, 'PORT', 0, 0, 65_535),
    logLevel: logLevel(environment.LOG_LEVEL),
    workers: whole(environment, 'PRICING_WORKERS', Math.max(1, availableParallelism() - 1), 1, 256),
    limits: readLimits(environment),
    tariffs: environment.PRICING_TARIFFS || undefined,
    language,
  };
}

function whole(
  environment: NodeJS.ProcessEnv,
  name: string,
  standard: number,
  low: number,
  high: number,
): number {
  const text = environment[name];
  const value = text ? Number(text) : standard;
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new TypeError(`${name}: expected ${low} to ${high}, got ${JSON.stringify(text)}`);
}
