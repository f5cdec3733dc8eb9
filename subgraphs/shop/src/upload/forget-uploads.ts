import type { Database } from '@alexandrite/database';

/** Forgets permissions that ran out a day ago: until then their holder is told what is wrong. */
export async function forgetUploads(database: Database): Promise<void> {
  await database.em().execute(`delete from uploads where expires_at < now() - interval '1 day'`);
}
