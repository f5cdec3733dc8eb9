import { dataDir } from './checkout.ts';
import { readSecrets, type Secrets } from './secrets.ts';

export const databases = ['shop', 'crm', 'mes'] as const;
export type DatabaseName = (typeof databases)[number];

/** What the local platform is told by its environment. */
export interface LocalSettings {
  /** The public address. */
  host: string;
  port: number;
  dataDir: string;
  secrets: Secrets;
  /** A database, a broker and a cache that run elsewhere are used; what is not given is embedded. */
  given: {
    databases: Partial<Record<DatabaseName, string>>;
    natsUrl: string | undefined;
    redisUrl: string | undefined;
  };
  /** Whether demonstration orders are sown at the first start: `DEMO_DATA`, default on. */
  demoData: boolean;
}

/** Throws a TypeError that names the variable. */
export function readSettings(environment: NodeJS.ProcessEnv): LocalSettings {
  const port = Number(environment.PORT || 4000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`PORT: expected 0 to 65535, got ${environment.PORT}`);
  const demoData = environment.DEMO_DATA || 'on';
  if (demoData !== 'on' && demoData !== 'off')
    throw new TypeError(`DEMO_DATA: expected on or off, got ${demoData}`);
  const folder = dataDir(environment);
  return {
    host: environment.HOST || '127.0.0.1',
    port,
    dataDir: folder,
    secrets: readSecrets(folder, environment),
    given: {
      databases: Object.fromEntries(
        databases.map((name) => [name, url(environment, `DATABASE_URL_${name.toUpperCase()}`)]),
      ),
      natsUrl: url(environment, 'NATS_URL'),
      redisUrl: url(environment, 'REDIS_URL'),
    },
    demoData: demoData === 'on',
  };
}

/** Where a person finds the platform: an address to listen on is not always one to go to. */
export function publicUrl(host: string, port: number): string {
  const place = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host;
  return `http://${place.includes(':') ? `[${place}]` : place}:${port}`;
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function url(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const text = environment[name];
  if (!text) return undefined;
  const each = name === 'NATS_URL' ? text.split(',') : [text]; // a cluster is several with commas
  if (!each.every((one) => URL.canParse(one.trim())))
    throw new TypeError(`${name}: expected a URL, got ${JSON.stringify(text)}`);
  return text;
}
