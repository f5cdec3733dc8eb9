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
    metricsToken: metricsToken(environment),
    demoData: oneOf(environment, 'DEMO_DATA', 'on', ['on', 'off']) === 'on',
  };
}
