import { createHash } from 'node:crypto';
import type { Tx } from '@alexandrite/database';
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Where the walls of a model are, as the engine tells it; one for all prices of the model. Never changed. */
export const WallMap = defineEntity({
  name: 'WallMap',
  tableName: 'wall_maps',
  properties: {
    sha256: p.text().primary(),
    /** Base64. */
    map: p.text(),
  },
});

export type WallMap = InferEntity<typeof WallMap>;

/** Four times what the engine sends: what is larger is none of its. */
const most = 80_000;

/** Keeps a map, and returns what to find it by; null where there is none to keep. */
export async function storeWallMap(tx: Tx, map: string | null | undefined): Promise<string | null> {
  if (!map || map.length > most) return null;
  const sha256 = createHash('sha256').update(map).digest('hex');
  await tx.upsert(WallMap, { sha256, map }, { onConflictAction: 'ignore' });
  return sha256;
}
