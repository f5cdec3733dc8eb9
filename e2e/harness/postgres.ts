import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase extends AsyncDisposable {
  /** A connection URL as services take it in DATABASE_URL. */
  url: string;
  name: string;
  /** Drops the database, cutting whatever is still connected to it. */
  [Symbol.asyncDispose](): Promise<void>;
}

let server: Promise<string> | undefined;

/**
 * A fresh, empty database on the PostgreSQL that all files of one Jest run share. `hint` only makes its name readable.
 * The first caller of a run waits about two seconds for the server, later ones some 50 ms.
 *
 * `await using database = await createTestDatabase('shop');`
 */
export async function createTestDatabase(hint = 'test'): Promise<TestDatabase> {
  server ??= serverUrl();
  const adminUrl = await server;
  const name = `${hint.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}_${randomBytes(5).toString('hex')}`;
  await administer(adminUrl, `create database ${name} template template0`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  let dropped: Promise<void> | undefined;
  const drop = () => (dropped ??= administer(adminUrl, `drop database if exists ${name} with (force)`));
  return { url: url.href, name, [Symbol.asyncDispose]: drop };
}

/** TEST_DATABASE_URL names a server to use instead of the embedded one (a superuser's URL, any database). */
async function serverUrl(): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return given;
  const starter = process.env.TEST_POSTGRES_STARTER;
  if (!starter)
    throw new Error('createTestDatabase works inside Jest only: TEST_POSTGRES_STARTER is not set');
  const response = await fetch(starter, { signal: AbortSignal.timeout(90_000) });
  const answer = await response.text();
  if (!response.ok) throw new Error(`the test PostgreSQL did not start: ${answer}`);
  return answer;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
