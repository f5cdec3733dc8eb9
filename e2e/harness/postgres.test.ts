import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from './postgres.ts';

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

test('every test database is empty and its own, and is gone after use', async () => {
  await using first = await createTestDatabase('Some Test');
  await using second = await createTestDatabase('Some Test');
  await query(first.url, 'create table only_here (id int)');
  await expect(query(second.url, 'select * from only_here')).rejects.toThrow('does not exist');

  await second[Symbol.asyncDispose]();
  await expect(query(second.url, 'select 1')).rejects.toThrow('does not exist');
});

test('the server is PostgreSQL 18 with a sort order that does not depend on the machine', async () => {
  await using database = await createTestDatabase();
  const [row] = await query(
    database.url,
    "select current_setting('server_version') as version, 'а' < 'Б' as cyrillic",
  );
  expect(row).toMatchObject({ version: expect.stringMatching(/^18\./), cyrillic: false });
});
