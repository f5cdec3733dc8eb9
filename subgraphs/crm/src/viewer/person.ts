import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Somebody who works here. The id is the subject of the token; the role is the token's own affair. */
export const Person = defineEntity({
  name: 'Person',
  tableName: 'people',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    createdAt: p.datetime(3),
  },
});

export type Person = InferEntity<typeof Person>;
