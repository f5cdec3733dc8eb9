import type { EntityManager } from '@mikro-orm/postgresql';
import { Person } from './person.ts';

/** Enters people who work here and are not known yet, named by their id until somebody names them. */
export async function enterPeople(
  em: EntityManager,
  ...people: { id: string; name?: string }[]
): Promise<void> {
  const rows = people.map(({ id, name = id }) => ({ id, name, createdAt: new Date() }));
  await em.createQueryBuilder(Person).insert(rows).onConflict('id').ignore().execute();
}

/** The row of somebody who works here, made when they come for the first time. */
export async function personOf(em: EntityManager, id: string): Promise<Person> {
  const known = await em.findOne(Person, { id });
  if (known) return known;
  await enterPeople(em, { id });
  return em.findOneOrFail(Person, { id });
}
