import type { EntityManager } from '@mikro-orm/postgresql';
import { openAccounts } from './open-account.ts';

const demoAccounts = [
  { id: 'partner-1', kind: 'PARTNER', name: 'Atelier Beryl' },
  { id: 'partner-2', kind: 'PARTNER', name: 'Ювелирный дом «Уральский самоцвет»' },
  { id: 'customer-1', kind: 'CUSTOMER', name: 'Anna Orlova' },
  { id: 'customer-2', kind: 'CUSTOMER', name: 'Пётр Соколов' },
  { id: 'customer-3', kind: 'CUSTOMER', name: 'Mira Lindqvist' },
] as const;

/** The people of the demonstration, by the subjects of their tokens. Harmless to repeat. */
export async function openDemoAccounts(em: EntityManager): Promise<void> {
  await openAccounts(em, ...demoAccounts);
}
