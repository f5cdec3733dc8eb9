import type { Features } from '../features.ts';
import { turnedWalls } from '../measure/wall-map.ts';
import { type Box, sizeOf } from '../mesh/mesh.ts';
import { type Rotation, turnPoint, turnTensor } from './congruence.ts';

export interface Turning {
  rotation: Rotation;
  /** The centroid before, and where it lies now. */
  from: readonly [number, number, number];
  to: readonly [number, number, number];
}

/**
 * What was measured of a shape, for the same shape moved and turned: volumes, areas and walls stay; poses stand on the
 * same faces as before, which lie elsewhere now; moments turn; the box along the axes is another one.
 * @param box of the turned shape
 */
export function turnedFeatures(features: Features, { rotation, from, to }: Turning, box: Box): Features {
  return {
    ...features,
    boundingBoxMm: sizeOf(box).map((side) => Number(side.toPrecision(9))) as [number, number, number],
    poses: features.poses.map((pose) => ({ ...pose, up: turnPoint(pose.up, rotation) })),
    wallMap: features.wallMap && turnedWalls(features.wallMap, rotation, from, to),
    secondMoments: turnTensor(features.secondMoments, rotation),
  };
}
