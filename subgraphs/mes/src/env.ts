import { type LogLevel, logLevel } from '@alexandrite/telemetry/log';

export interface Env {
  databaseUrl: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  gatewaySecret: string;
  logLevel: LogLevel;
  /** Whether the operators of the demonstration get names. */
  demoData: boolean;
}

/** The MES's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  const demoData = environment.DEMO_DATA ?? 'on';
  if (demoData !== 'on' && demoData !== 'off') {
    throw new TypeError(`DEMO_DATA: expected on or off, got ${JSON.stringify(demoData)}`);
  }
  const port = Number(environment.PORT ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`PORT: expected 0 to 65535, got ${JSON.stringify(environment.PORT)}`);
  }
  return {
    databaseUrl: required(environment, 'DATABASE_URL'),
    host: environment.HOST || '127.0.0.1',
    port,
    gatewaySecret: required(environment, 'GATEWAY_SECRET'),
    logLevel: logLevel(environment.LOG_LEVEL),
    demoData: demoData === 'on',
  };
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (!value) throw new TypeError(`${name}: expected a value, got none`);
  return value;
}
