import type { EntityManager } from '@mikro-orm/postgresql';
import { Person } from './person.ts';

/** The row of somebody who works here, made when they come for the first time, named by the subject of their token. */
export async function enterPerson(em: EntityManager, id: string): Promise<Person> {
  const known = await em.findOne(Person, { id });
  if (known) return known;
  await em
    .createQueryBuilder(Person)
    .insert({ id, name: id, createdAt: new Date() })
    .onConflict('id')
    .ignore()
    .execute();
  return em.findOneOrFail(Person, { id });
}
