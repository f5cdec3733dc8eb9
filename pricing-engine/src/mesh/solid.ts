import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { type Body, findBodies } from './bodies.ts';
import { closeSurface } from './close-surface.ts';
import { closedRuns } from './closed-runs.ts';
import { findClusters, touch } from './clusters.ts';
import { type CrossingShells, findCrossingShells } from './crossing-shells.ts';
import { type HalfEdges, pairHalfEdges } from './half-edges.ts';
import { type MassProperties, massProperties } from './mass.ts';
import { type Box, boxOf, type Mesh } from './mesh.ts';
import { orient } from './orient.ts';
import { type PlaceOnSurface, placesOn } from './places.ts';
import { RayGrid } from './ray-grid.ts';
import { note, type Repairs } from './repairs.ts';
import { separateEdges } from './separate-edges.ts';
import { type Shell, takeShells } from './shells.ts';
import { unite } from './union.ts';
import type { Welded } from './weld.ts';

/** What the piece really is. */
export interface Solid {
  /** The surface of the union: closed, outwards, shells that overlapped made one. */
  mesh: Mesh;
  box: Box;
  mass: MassProperties;
  grid: RayGrid;
  places: PlaceOnSurface[];
  /** Whether the file was closed as it stood. */
  watertight: boolean;
  /** Shells in the file, after repair. */
  shells: number;
  /** Hollows without a way out. */
  voids: number;
  /** Shells that go through themselves; null where none does. */
  crossing: CrossingShells | null;
  repairs: Repairs;
}

/** From triangles that know each other to a sound solid, or a `Refusal` that says why there is none. */
export async function makeSolid(
  welded: Welded,
  repairs: Repairs,
  limits: Limits,
  beforeUnion: () => void,
): Promise<Solid> {
  const { shells, watertight } = shellsOf(welded, repairs, limits);
  const bodies = findBodies(shells, repairs);
  beforeUnion();
  const clusters = findClusters(bodies);
  const voids = bodies.reduce((sum, body) => sum + body.voids.length, 0);
  const parts: (Mesh | Shell)[] = [];
  for (const cluster of clusters) parts.push(...(await solids(cluster)));
  const surface = surfaceOf(parts);
  const crossing = await findCrossingShells(bodies, surface);
  return { ...surface, watertight, shells: shells.length, voids, crossing, repairs };
}

function surfaceOf(
  parts: readonly (Mesh | Shell)[],
): Pick<Solid, 'mesh' | 'box' | 'mass' | 'grid' | 'places'> {
  const mesh = gather(parts);
  if (mesh.triangles.length === 0) throw refuse('NO_VOLUME');
  const box = 'box' in mesh ? mesh.box : boxOf(mesh);
  const areas = new Float64Array(mesh.triangles.length / 3);
  const mass = massProperties(mesh, box, areas);
  return { mesh, box, mass, grid: new RayGrid(mesh, box), places: placesOn(mesh, areas) };
}

function shellsOf({ mesh, fileOrder }: Welded, repairs: Repairs, limits: Limits) {
  const edges = pairHalfEdges(mesh);
  // Where more than two triangles meet, the file may know better than the shape which belong together.
  const runs = edges.crowded.length > 0 ? closedRuns(mesh, fileOrder) : null;
  const apart = runs && shellsOfRuns(runs, limits);
  if (apart) return { shells: someOf(apart), watertight: true };
  const closed = closeSurface(mesh, edges, repairs);
  const shells = shellsOfSurface(closed.mesh, closed.edges, repairs, limits);
  return { shells: someOf(shells), watertight: closed.watertight };
}

function someOf(shells: Shell[]): Shell[] {
  if (shells.length === 0) throw refuse('NO_VOLUME');
  return shells;
}

/** Null where a run is no sound body by itself: triangles drawn twice, one after the other, make a run as well. */
function shellsOfRuns(runs: readonly Mesh[], limits: Limits): Shell[] | null {
  const repairs: Repairs = {};
  const shells: Shell[] = [];
  for (const run of runs) {
    const edges = pairHalfEdges(run);
    if (edges.open.length > 0 || edges.crowded.length > 0) return null;
    shells.push(...shellsOfSurface(run, edges, repairs, limits));
    if (Object.keys(repairs).length > 0) return null;
    if (shells.length > limits.maxShells) throw refuse('TOO_MANY_SHELLS', shells.length, limits.maxShells);
  }
  return shells;
}

function shellsOfSurface(mesh: Mesh, edges: HalfEdges, repairs: Repairs, limits: Limits): Shell[] {
  const oriented = orient(mesh, edges);
  note(repairs, 'flippedTriangles', oriented.flipped);
  const paired = oriented.flipped > 0 ? pairHalfEdges(oriented.mesh) : edges;
  note(repairs, 'separatedEdges', paired.crowded.length);
  separateEdges(oriented.mesh, paired, oriented.patches);
  return takeShells(oriented.mesh, paired, oriented.patches, limits, repairs);
}

/** One body alone needs no union, unless its voids overlap each other. */
async function solids(cluster: Body[]): Promise<(Mesh | Shell)[]> {
  const [{ outer, voids }] = cluster as [Body];
  const apart = voids.every((hole, at) => voids.slice(0, at).every((other) => !touch(hole.box, other.box)));
  return cluster.length === 1 && apart ? [outer, ...voids] : [await unite(cluster)];
}

function gather(parts: readonly (Mesh | Shell)[]): Mesh | Shell {
  if (parts.length === 1) return parts[0]!;
  const positions = new Float32Array(parts.reduce((sum, part) => sum + part.positions.length, 0));
  const triangles = new Uint32Array(parts.reduce((sum, part) => sum + part.triangles.length, 0));
  let vertex = 0;
  let corner = 0;
  for (const part of parts) {
    positions.set(part.positions, vertex * 3);
    for (let at = 0; at < part.triangles.length; at++) triangles[corner++] = part.triangles[at]! + vertex;
    vertex += part.positions.length / 3;
  }
  return { positions, triangles };
}
