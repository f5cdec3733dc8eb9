import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from '@alexandrite/local/postgres';

/** What one Jest run holds until its teardown. */
export interface SharedPostgres {
  starter: Server;
  postgres: Promise<Postgres> | undefined;
  folder: string | undefined;
}

declare global {
  var sharedPostgres: SharedPostgres | undefined;
}

/**
 * One PostgreSQL for the whole Jest run, started by the first test that asks for a database, so that a run of pure unit
 * tests does not pay for it. Jest's workers are processes of their own: they ask this one, which owns the server.
 */
export default async function jestSetup(): Promise<void> {
  const shared: SharedPostgres = { starter: createServer(), postgres: undefined, folder: undefined };
  const start = async () => {
    shared.folder = await mkdtemp(join(tmpdir(), 'alexandrite-test-'));
    return startPostgres({ dataDir: join(shared.folder, 'postgres'), databases: [], durable: false });
  };
  shared.starter.on('request', (_request, response) => {
    shared.postgres ??= start();
    shared.postgres.then(
      (postgres) => response.end(postgres.url('postgres')),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve, reject) => {
    shared.starter.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  shared.starter.unref();
  const address = shared.starter.address();
  if (address === null || typeof address === 'string')
    throw new Error(`expected a TCP address, got ${address}`);
  process.env.TEST_POSTGRES_STARTER = `http://127.0.0.1:${address.port}`;
  globalThis.sharedPostgres = shared;
}
