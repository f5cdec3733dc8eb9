import { archiveAfterDays } from '@alexandrite/baton/archive-setting';
import {
  listenAddress,
  metricsToken,
  required,
  webAddress,
  wholeNumber,
} from '@alexandrite/lifecycle/environment';
import { type LogLevel, logLevel } from '@alexandrite/telemetry/log';

export interface Env {
  databaseUrl: string;
  /** A streaming replica, for lists and reports. */
  replicaUrl?: string | undefined;
  host: string;
  /** 0 takes a free one. */
  port: number;
  gatewaySecret: string;
  logLevel: LogLevel;
  /** Orders that have been over for so long are archived; undefined: none is. */
  archiveAfterDays?: number | undefined;
  /** Lets Prometheus read the metrics from another machine. */
  metricsToken?: string | undefined;
  /** Where clients reach the gateway, without a slash at the end: what upload and download URLs begin with. */
  publicUrl: string;
  /** The largest model file. */
  maxUploadBytes: number;
  /** How often an account may submit an order, unless its own number says otherwise. */
  submitsPerMinute: number;
  /** How often the three systems' views of the orders are compared without being asked, in minutes. */
  reconcileMinutes: number;
  /** A folder of tariffs, the pricing engine's; undefined: those that come with the project. */
  tariffs?: string | undefined;
}

/** The shop's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  return {
    ...listenAddress(environment),
    databaseUrl: required(environment, 'DATABASE_URL'),
    replicaUrl: environment.REPLICA_DATABASE_URL || undefined,
    gatewaySecret: required(environment, 'GATEWAY_SECRET'),
    logLevel: logLevel(environment.LOG_LEVEL),
    archiveAfterDays: archiveAfterDays(environment),
    metricsToken: metricsToken(environment),
    publicUrl: webAddress(environment, 'PUBLIC_URL', 'http://localhost:4000'),
    maxUploadBytes: wholeNumber(environment, 'MAX_UPLOAD_BYTES', 200 * 1024 * 1024, [1, 2 ** 31 - 1]),
    tariffs: environment.PRICING_TARIFFS || undefined,
    reconcileMinutes: wholeNumber(environment, 'RECONCILE_MINUTES', 10, [1, 100_000]),
    submitsPerMinute: wholeNumber(environment, 'SUBMITS_PER_MINUTE', 120, [1, 100_000]),
  };
}
