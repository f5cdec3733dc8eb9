import { archiveAfterDays } from '@alexandrite/baton/archive-setting';
import { listenAddress, metricsToken, oneOf, required } from '@alexandrite/lifecycle/environment';
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
  /** Whether the operators of the demonstration get names. */
  demoData: boolean;
}

/** The MES's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  return {
    ...listenAddress(environment),
    databaseUrl: required(environment, 'DATABASE_URL'),
    replicaUrl: environment.REPLICA_DATABASE_URL || undefined,
    gatewaySecret: required(environment, 'GATEWAY_SECRET'),
    logLevel: logLevel(environment.LOG_LEVEL),
    archiveAfterDays: archiveAfterDays(environment),
    metricsToken: metricsToken(environment),
    demoData: oneOf(environment, 'DEMO_DATA', 'on', ['on', 'off']) === 'on',
  };
}
