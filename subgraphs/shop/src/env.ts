import { type LogLevel, logLevel } from '@alexandrite/telemetry/log';

export interface Env {
  databaseUrl: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  gatewaySecret: string;
  logLevel: LogLevel;
  /** Where clients reach the gateway, without a slash at the end: what upload and download URLs begin with. */
  publicUrl: string;
  /** The largest model file. */
  maxUploadBytes: number;
  /** How often an account may submit an order, unless its own number says otherwise. */
  submitsPerMinute: number;
}

/** The shop's settings. Throws a TypeError that names the variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  return {
    databaseUrl: required(environment, 'DATABASE_URL'),
    host: environment.HOST || '127.0.0.1',
    port: integer(environment, 'PORT', 0, 0, 65_535),
    gatewaySecret: required(environment, 'GATEWAY_SECRET'),
    logLevel: logLevel(environment.LOG_LEVEL),
    publicUrl: webAddress(environment, 'PUBLIC_URL', 'http://localhost:4000'),
    maxUploadBytes: integer(environment, 'MAX_UPLOAD_BYTES', 200 * 1024 * 1024, 1, 2 ** 31 - 1),
    submitsPerMinute: integer(environment, 'SUBMITS_PER_MINUTE', 120, 1, 100_000),
  };
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (!value) throw new TypeError(`${name}: expected a value, got none`);
  return value;
}

function integer(
  environment: NodeJS.ProcessEnv,
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const text = environment[name];
  if (!text) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new TypeError(`${name}: expected ${least} to ${most}, got ${JSON.stringify(text)}`);
  }
  return value;
}

function webAddress(environment: NodeJS.ProcessEnv, name: string, otherwise: string): string {
  const text = environment[name] || otherwise;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new TypeError(`${name}: expected an http or https URL, got ${JSON.stringify(text)}`);
  }
  return text.replace(/\/+$/, '');
}
