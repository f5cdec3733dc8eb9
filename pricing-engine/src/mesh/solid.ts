import type { Limits } from '../limits.ts';
import { type Body, findBodies } from './bodies.ts';
import { closeSurface } from './close-surface.ts';
import { findClusters, touch } from './clusters.ts';
import { pairHalfEdges } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import { orient } from './orient.ts';
import { note, type Repairs } from './repairs.ts';
import { separateEdges } from './separate-edges.ts';
import { takeShells } from './shells.ts';
import { unite } from './union.ts';

/** What the piece really is. */
export interface Solid {
  /** The surface of the union: closed, outwards, shells that overlapped made one. */
  mesh: Mesh;
  /** Whether the file was closed as it stood. */
  watertight: boolean;
  /** Shells in the file, after repair. */
  shells: number;
  /** Hollows without a way out. */
  voids: number;
  repairs: Repairs;
}

/** From triangles that know each other to a sound solid, or a `Refusal` that says why there is none. */
export async function makeSolid(
  welded: Mesh,
  repairs: Repairs,
  limits: Limits,
  beforeUnion: () => void,
): Promise<Solid> {
  const closed = closeSurface(welded, repairs);
  const oriented = orient(closed.mesh, closed.edges);
  note(repairs, 'flippedTriangles', oriented.flipped);
  const edges = oriented.flipped > 0 ? pairHalfEdges(oriented.mesh) : closed.edges;
  note(repairs, 'separatedEdges', edges.crowded.length);
  separateEdges(oriented.mesh, edges, oriented.patches);
  const { shells, flat } = takeShells(oriented.mesh, edges, limits);
  note(repairs, 'flatShells', flat);
  const bodies = findBodies(shells, repairs);
  beforeUnion();
  const parts: Mesh[] = [];
  for (const cluster of findClusters(bodies)) parts.push(...(await solids(cluster)));
  const voids = bodies.reduce((sum, body) => sum + body.voids.length, 0);
  return { mesh: gather(parts), watertight: closed.watertight, shells: shells.length, voids, repairs };
}

/** One body alone needs no union, unless its voids overlap each other. */
async function solids(cluster: Body[]): Promise<Mesh[]> {
  const [{ outer, voids }] = cluster as [Body];
  const apart = voids.every((hole, at) => voids.slice(0, at).every((other) => !touch(hole.box, other.box)));
  return cluster.length === 1 && apart ? [outer, ...voids] : [await unite(cluster)];
}

function gather(parts: readonly Mesh[]): Mesh {
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
