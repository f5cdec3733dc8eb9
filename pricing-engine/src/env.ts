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
  /** A feed of metals' prices; null: they cost what the tariff says. */
  metals: { source: string; everyMs: number; maxAgeMs: number } | null;
  dataDir: string;
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
    metals: metals(environment),
    dataDir: environment.DATA_DIR || '.data',
    language: oneOf(environment, 'PRICING_LANGUAGE', 'en', ['en', 'ru']),
  };
}

function metals(environment: NodeJS.ProcessEnv): Env['metals'] {
  const source = environment.PRICING_METALS;
  if (!source) return null;
  return {
    source,
    everyMs: wholeNumber(environment, 'PRICING_METALS_MINUTES', 10, [1, 1_440]) * 60_000,
    maxAgeMs: wholeNumber(environment, 'PRICING_METALS_MAX_AGE_HOURS', 96, [1, 8_760]) * 3_600_000,
  };
}
