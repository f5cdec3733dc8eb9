import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { listenAddress, metricsToken, oneOf, wholeNumber } from '@alexandrite/lifecycle/environment';
import type { Language } from '@alexandrite/tariff';
import { type LogLevel, logLevel } from '@alexandrite/telemetry/log';
import type { Limits } from './limits.ts';
import { readLimits } from './read-limits.ts';

export interface Env {
  host: string;
  /** 0 takes a free one. */
  port: number;
  logLevel: LogLevel;
  /** Lets Prometheus read the metrics from another machine. */
  metricsToken?: string | undefined;
  /** Threads, and models measured at a time. Default: one less than the machine has cores, at least one. */
  workers: number;
  limits: Limits;
  /** The folder of models measured before; null: they are in the cache, since there is a Redis for all engines. */
  knownModels: string | null;
  /** A folder of tariffs; undefined: those that come with the project. */
  tariffs: string | undefined;
  /** Of labels and messages in a price; both languages are there beside it. */
  language: Language;
}

/** The pricing engine's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  return {
    ...listenAddress(environment),
    logLevel: logLevel(environment.LOG_LEVEL),
    metricsToken: metricsToken(environment),
    workers: wholeNumber(environment, 'PRICING_WORKERS', Math.max(1, availableParallelism() - 1), [1, 256]),
    limits: readLimits(environment),
    knownModels: environment.REDIS_URL ? null : join(environment.DATA_DIR || '.data', 'known-models'),
    tariffs: environment.PRICING_TARIFFS || undefined,
    language: oneOf(environment, 'PRICING_LANGUAGE', 'en', ['en', 'ru']),
  };
}
