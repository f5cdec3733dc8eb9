import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Somebody who works here, as the staff's side of `me`; its id is the subject of the token. */
export const PersonSchema = defineEntity({
  name: 'Person',
  tableName: 'people',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    createdAt: p.datetime(),
  },
});

export type Person = InferEntity<typeof PersonSchema>;
