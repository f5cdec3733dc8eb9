import { archiveAfterDays } from '@alexandrite/baton/archive-setting';
import { listenAddress, metricsToken, oneOf, required } from '@alexandrite/lifecycle/environment';
import { type LogLevel, logLevel } from '@alexandrite/telemetry/log';

export interface Env {
  databaseUrl: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  gatewaySecret: string;
  logLevel: LogLevel;
  /** Orders that have been over for so long are archived; undefined: none is. */
  archiveAfterDays?: number | undefined;
  /** Lets Prometheus read the metrics from another machine. */
  metricsToken?: string | undefined;
  /** Hosts (`host` or `host:port`) that webhooks may reach wherever they are, and without TLS. */
  webhookAllowedHosts?: readonly string[];
  /** Whether the people of the demonstration get names. */
  demoData: boolean;
}

/** The CRM's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  return {
    ...listenAddress(environment),
    databaseUrl: required(environment, 'DATABASE_URL'),
    gatewaySecret: required(environment, 'GATEWAY_SECRET'),
    logLevel: logLevel(environment.LOG_LEVEL),
    archiveAfterDays: archiveAfterDays(environment),
    metricsToken: metricsToken(environment),
    webhookAllowedHosts: (environment.WEBHOOK_ALLOWED_HOSTS ?? '')
      .split(',')
      .map((host) => host.trim())
      .filter((host) => host !== ''),
    demoData: oneOf(environment, 'DEMO_DATA', 'on', ['on', 'off']) === 'on',
  };
}
