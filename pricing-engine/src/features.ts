import type { Pose } from './measure/poses.ts';
import type { WallQuantiles } from './measure/thickness.ts';
import type { Wires } from './measure/wires.ts';
import type { CrossingShells } from './mesh/crossing-shells.ts';
import type { Repairs } from './mesh/repairs.ts';
import type { Format, Oddity } from './readers/soup.ts';

/** Changes whenever the same file could give other features: what is cached under another version is not found. */
export const engineVersion = '6';

/** What is measured of a shape. It knows no alloy, no printer and no tariff: this is what is cached, never a price. */
export interface Features {
  /** Of the union of all shells, closed voids subtracted. A shell that goes through itself counts as it is drawn. */
  volumeMm3: number;
  /** The plain sum over the triangles as the file has them: what other tools report. */
  signedVolumeMm3: number;
  /** Of the union. */
  areaMm2: number;
  boundingBoxMm: [number, number, number];
  /** Whether the file was closed as it stood. */
  watertight: boolean;
  shells: number;
  voids: number;
  /** Shells that go through themselves; null where none does. */
  crossing: CrossingShells | null;
  repairs: Repairs;
  wallQuantilesMm: WallQuantiles;
  wires: Wires;
  /** Where the walls are, by `encodeWalls`; null where none was found. */
  wallMap: string | null;
  poses: Pose[];
  /** About the centroid, mm⁵: xx, yy, zz, xy, yz, zx. */
  secondMoments: [number, number, number, number, number, number];
}

/** What is known of a file beside the shape in it. */
export interface ModelFile {
  format: Format;
  bytes: number;
  sha256: string;
  triangles: number;
  unit: string;
  oddities: Oddity[];
}
