import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Somebody who makes pieces. Its id is the subject of the operator's token. */
export const Operator = defineEntity({
  name: 'Operator',
  tableName: 'operators',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    createdAt: p.datetime(3),
  },
});

export type Operator = InferEntity<typeof Operator>;
