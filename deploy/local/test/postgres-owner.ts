/** For `postgres.test.ts`: a process that starts PostgreSQL, writes into it, says so, and waits to be killed. */
import pg from 'pg';
import { startPostgres } from '../src/postgres.ts';

const postgres = await startPostgres({ dataDir: process.argv[2]!, databases: ['shop'] });
const client = new pg.Client({ connectionString: postgres.url('shop') });
await client.connect();
await client.query('create table if not exists starts (id serial)');
await client.query('insert into starts default values');
const { rows } = await client.query('select count(*)::int as starts from starts');
await client.end();
console.log(JSON.stringify({ pid: postgres.pid, starts: rows[0].starts }));
setInterval(() => {}, 60_000);
