import { connect } from 'node:net';
import pg from 'pg';
import type { LocalSettings } from './settings.ts';
import { StartRefused } from './start-refused.ts';

const WITHIN_MS = 5_000;

/** Servers that run elsewhere are tried first: one that cannot be reached is one clear line, not a failing service. */
export async function reachGiven({ given }: LocalSettings): Promise<void> {
  const tries = Object.entries(given.databases).map(([name, url]) => {
    return url ? named(`DATABASE_URL_${name.toUpperCase()}`, reachDatabase(url)) : undefined;
  });
  if (given.natsUrl)
    for (const url of given.natsUrl.split(',')) tries.push(named('NATS_URL', reachServer(url, 4222)));
  if (given.redisUrl) tries.push(named('REDIS_URL', reachServer(given.redisUrl, 6379)));
  await Promise.all(tries);
}

async function named(variable: string, trying: Promise<void>): Promise<void> {
  try {
    await trying;
  } catch (error) {
    throw new StartRefused(`${variable} is given, but cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function reachDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: WITHIN_MS });
  try {
    await client.connect();
  } finally {
    await client.end();
  }
}

function reachServer(url: string, usualPort: number): Promise<void> {
  const { hostname, port } = new URL(url.trim());
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port) || usualPort, hostname);
    socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error(`${hostname} does not answer`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
