import type { Database } from '@alexandrite/database';

/** Whether `holder` may go on being the one who does this; whoever is not heard of for so long is taken over from. */
export async function holdLease(
  database: Database,
  name: string,
  holder: string,
  seconds: number,
): Promise<boolean> {
  const held = await database.em().execute(
    `insert into watch_lease as l (name, holder, until) values (?, ?, now() + make_interval(secs => ?))
     on conflict (name) do update set holder = excluded.holder, until = excluded.until
       where l.holder = excluded.holder or l.until < now()
     returning true`,
    [name, holder, seconds],
  );
  return held.length > 0;
}

/** Lets others go on at once. */
export async function endLease(database: Database, name: string, holder: string): Promise<void> {
  await database.em().execute('delete from watch_lease where name = ? and holder = ?', [name, holder]);
}
