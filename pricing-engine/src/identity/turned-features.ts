import type { Features } from '../features.ts';
import { type Box, sizeOf } from '../mesh/mesh.ts';
import { type Rotation, turnPoint, turnTensor } from './congruence.ts';

/**
 * What was measured of a shape, for the same shape moved and turned: volumes, areas and walls stay; poses stand on the
 * same faces as before, which lie elsewhere now; moments turn; the box along the axes is another one.
 * @param box of the turned shape
 */
export function turnedFeatures(features: Features, rotation: Rotation, box: Box): Features {
  return {
    ...features,
    boundingBoxMm: sizeOf(box).map((side) => Number(side.toPrecision(9))) as [number, number, number],
    poses: features.poses.map((pose) => ({ ...pose, up: turnPoint(pose.up, rotation) })),
    secondMoments: turnTensor(features.secondMoments, rotation),
  };
}
