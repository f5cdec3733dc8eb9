import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A 3D model. Its bytes lie in the files port under their sha256. */
export const Model = defineEntity({
  name: 'Model',
  tableName: 'models',
  properties: {
    /** UUIDv7. */
    id: p.uuid().primary(),
    accountId: p.text(),
    filename: p.text(),
    bytes: p.integer(),
    /** Lower-case hex; null until the bytes are there. */
    sha256: p.text().nullable(),
    uploadedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
  },
});

export type Model = InferEntity<typeof Model>;
