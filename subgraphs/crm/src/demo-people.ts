import type { EntityManager } from '@mikro-orm/postgresql';
import { openAccounts } from './account/open-account.ts';
import { enterPeople } from './viewer/enter-people.ts';

const accounts = [
  { id: 'partner-1', kind: 'PARTNER', name: 'Atelier Beryl' },
  { id: 'partner-2', kind: 'PARTNER', name: 'Уральский самоцвет' },
  { id: 'customer-1', kind: 'CUSTOMER', name: 'Anna Orlova' },
  { id: 'customer-2', kind: 'CUSTOMER', name: 'Пётр Соколов' },
  { id: 'customer-3', kind: 'CUSTOMER', name: 'Mira Lindqvist' },
] as const;

const staff = [
  { id: 'seller-1', name: 'Вера Демидова' },
  { id: 'seller-2', name: 'Tomas Berg' },
  { id: 'operator-1', name: 'Илья Громов' },
  { id: 'operator-2', name: 'Ada Kowalska' },
  { id: 'admin-1', name: 'Nina Alexandrova' },
] as const;

/** Names for the people of the demonstration, by the subjects of their tokens. Harmless to repeat. */
export async function enterDemoPeople(em: EntityManager): Promise<void> {
  await openAccounts(em, ...accounts);
  await enterPeople(em, ...staff);
}
