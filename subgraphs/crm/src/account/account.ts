import type { Channel } from '@alexandrite/schema/events';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export type AccountKind = 'CUSTOMER' | 'PARTNER';

/** Whoever orders. Its id is the subject of the owner's token. */
export const AccountSchema = defineEntity({
  name: 'Account',
  tableName: 'accounts',
  properties: {
    id: p.text().primary(),
    kind: p.text().$type<AccountKind>(),
    name: p.text(),
    createdAt: p.datetime(),
  },
});

export type Account = InferEntity<typeof AccountSchema>;

/** Partners order through the API, customers in the shop. */
export function kindByChannel(channel: Channel): AccountKind {
  return channel === 'B2B' ? 'PARTNER' : 'CUSTOMER';
}
