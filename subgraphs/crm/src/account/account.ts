import type { Role } from '@alexandrite/auth/viewer';
import type { Channel } from '@alexandrite/schema/events';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export type AccountKind = 'CUSTOMER' | 'PARTNER';

/** Whoever orders. Its id is the subject of the owner's token. */
export const Account = defineEntity({
  name: 'Account',
  tableName: 'accounts',
  properties: {
    id: p.text().primary(),
    kind: p.text().$type<AccountKind>(),
    name: p.text(),
    createdAt: p.datetime(3),
  },
});

export type Account = InferEntity<typeof Account>;

/** Partners order through the API, customers in the shop. */
export function kindByChannel(channel: Channel): AccountKind {
  return channel === 'B2B' ? 'PARTNER' : 'CUSTOMER';
}

export function kindByRole(role: Role): AccountKind {
  return role === 'partner' ? 'PARTNER' : 'CUSTOMER';
}
