import type { UnknownModel } from './estimate-price.ts';
import type { Features, ModelFile } from './features.ts';
import { findRotation } from './identity/congruence.ts';
import { type Descriptor, descriptorOf } from './identity/descriptor.ts';
import { hashBytes, hashTriangles } from './identity/hash.ts';
import type { CongruenceCandidate, KnownShape } from './identity/known-models.ts';
import { packVertices, unpackVertices } from './identity/packed-vertices.ts';
import { type Signature, signatureOf } from './identity/signature.ts';
import { turnedFeatures } from './identity/turned-features.ts';
import type { Limits } from './limits.ts';
import { posesOf } from './measure/poses.ts';
import { wallQuantiles, wallsAt } from './measure/thickness.ts';
import { tiltedPoses } from './measure/tilted-poses.ts';
import { wallMap } from './measure/wall-map.ts';
import { wiresOf } from './measure/wires.ts';
import { massProperties } from './mesh/mass.ts';
import { boundingBox, boxOf, sizeOf } from './mesh/mesh.ts';
import { note, type Repairs } from './mesh/repairs.ts';
import { makeSolid } from './mesh/solid.ts';
import { volumeOf } from './mesh/volume.ts';
import { type Welded, weld } from './mesh/weld.ts';
import { readModel } from './readers/read-model.ts';

export interface Measured {
  file: ModelFile;
  trianglesHash: string;
  features: Features;
  /** False when another file with the same triangles, or the same shape, had been measured before. */
  computed: boolean;
  /** Which of the two. */
  knownBy?: 'triangles' | 'shape';
  /** To be kept with the features, so that the shape is known again when it comes moved or turned. */
  shape?: KnownShape;
  /** To be kept for models that look alike, if it was measured and `onUnknown` given. */
  descriptor?: Descriptor;
  timings: Timings;
}

/** Milliseconds a step took. */
export type Timings = Partial<Record<Step, number>>;

export type Step = 'reading' | 'welding' | 'union' | 'thickness';

export interface MeasureOptions {
  /** Of the bytes, where it is known already. Default: computed. */
  sha256?: string | undefined;
  limits: Limits;
  /** Called when a step begins. */
  onStep: (step: Step) => void;
  /** Asked once the triangles are known, before anything costly. */
  findKnown: (trianglesHash: string) => Promise<Features | null>;
  /** Asked next: shapes that this one may be, moved or turned. Default: none, and `shape` is not there to be kept. */
  findShapes?: (signature: Signature) => Promise<CongruenceCandidate[]>;
  /** Called when neither is known, before anything costly: from then on it may be estimated. Default: nobody wants to. */
  onUnknown?: (model: UnknownModel) => void;
}

/** Bytes to features; the bytes are used up by it. Throws a `Refusal` for what has no volume or costs too much; anything else is a fault of ours. */
export async function measureModel(
  bytes: Uint8Array,
  { sha256, limits, onStep, findKnown, findShapes, onUnknown }: MeasureOptions,
): Promise<Measured> {
  const timings: Timings = {};
  let step: Step = 'reading';
  let since = performance.now();
  const begin = (following: Step | null) => {
    const now = performance.now();
    timings[step] = now - since;
    since = now;
    if (!following) return;
    step = following;
    onStep(following);
  };

  onStep('reading');
  const hash = sha256 ?? hashBytes(bytes);
  const soup = readModel(bytes, limits);
  const file: ModelFile = {
    format: soup.format,
    bytes: bytes.length,
    sha256: hash,
    triangles: soup.coordinates.length / 9,
    unit: soup.unit,
    oddities: soup.oddities,
  };
  begin('welding');
  const welded = weld(soup.coordinates);
  const trianglesHash = hashTriangles(welded);
  const known = await findKnown(trianglesHash);
  if (known) {
    begin(null);
    return { file, trianglesHash, features: known, computed: false, knownBy: 'triangles', timings };
  }
  const shape = findShapes ? shapeOf(welded) : null;
  const turned = shape && knownShape(shape, welded, (await findShapes?.(shape.signature)) ?? []);
  if (turned) {
    begin(null);
    return { file, trianglesHash, features: turned, computed: false, knownBy: 'shape', timings };
  }
  const descriptor = onUnknown && descriptorOf(soup.coordinates);
  if (descriptor) onUnknown({ file, descriptor });
  const features = await measure(welded, limits, begin);
  begin(null);
  const kept = shape && { ...shape, vertices: packVertices(welded.mesh.positions) };
  return {
    file,
    trianglesHash,
    features,
    computed: true,
    ...(kept && { shape: kept }),
    ...(descriptor && { descriptor }),
    timings,
  };
}

function shapeOf(welded: Welded): Omit<KnownShape, 'vertices'> {
  const mass = massProperties(welded.mesh, boundingBox(welded.mesh.positions));
  return { signature: signatureOf(welded, mass), centroid: mass.centroid };
}

/** The features of the first candidate that the shape can be turned into, turned. */
function knownShape(
  { centroid }: Omit<KnownShape, 'vertices'>,
  { mesh }: Welded,
  candidates: readonly CongruenceCandidate[],
): Features | null {
  for (const { vertices, centroid: from, features } of candidates) {
    const rotation = findRotation(unpackVertices(vertices), from, mesh.positions, centroid);
    if (rotation) return turnedFeatures(features, { rotation, from, to: centroid }, boxOf(mesh));
  }
  return null;
}

async function measure(welded: Welded, limits: Limits, begin: (step: Step) => void): Promise<Features> {
  const { mesh } = welded;
  const repairs: Repairs = {};
  note(repairs, 'degenerateTriangles', welded.degenerate);
  note(repairs, 'duplicateTriangles', welded.copies);
  const solid = await makeSolid(welded, repairs, limits, () => begin('union'));
  const { mass } = solid;
  // Where nothing had to be repaired or united, both are one.
  const isAsDrawn = solid.mesh.triangles === mesh.triangles;
  const signed = isAsDrawn
    ? mass.volumeMm3
    : volumeOf(mesh.positions, mesh.triangles, boundingBox(mesh.positions));
  begin('thickness');
  const walls = wallsAt(solid.mesh, solid.grid, solid.places);
  return {
    volumeMm3: steady(mass.volumeMm3),
    signedVolumeMm3: steady(signed),
    areaMm2: steady(mass.areaMm2),
    boundingBoxMm: sizeOf(solid.box).map(steady) as [number, number, number],
    watertight: solid.watertight,
    shells: solid.shells,
    voids: solid.voids,
    crossing: solid.crossing,
    repairs: solid.repairs,
    wallQuantilesMm: wallQuantiles(walls).map((wall) => Number(wall.toPrecision(6))),
    wires: wiresOf(solid.grid, solid.places),
    wallMap: wallMap(solid.places, walls),
    poses: [...posesOf(solid.mesh, solid.box), ...tiltedPoses(solid.mesh, solid.places, mass.areaMm2)],
    secondMoments: mass.secondMoments,
  };
}

/** Nine digits: the noise of summing is far below, so that it cannot move a kopeck. */
function steady(value: number): number {
  return Number(value.toPrecision(9));
}
