import { refuse } from '../refusal.ts';
import { dropDuplicates } from './duplicates.ts';
import { dropFins } from './fins.ts';
import { type HalfEdges, pairHalfEdges } from './half-edges.ts';
import { boxOf, diagonalOf, type Mesh, vertexAt } from './mesh.ts';
import { note, type Repairs } from './repairs.ts';
import { stitch } from './stitch.ts';
import { splitTJunctions } from './t-junctions.ts';

/** Gaps up to so much of the diagonal are seams of a careless export; wider ones are holes. */
const tolerances = [1e-6, 1e-5, 1e-4];

/** A surface that is still open in so many places is no surface; looking for its T-junctions would take long. */
const mostOpenEdges = 20_000;

export interface ClosedSurface {
  mesh: Mesh;
  edges: HalfEdges;
  /** Whether the file was closed as it stood: an even number of triangles at every edge. */
  watertight: boolean;
}

/**
 * Makes the surface closed where that changes nothing one could see: doubled triangles, fins, seams and T-junctions.
 * Refuses MESH_OPEN or MESH_NOT_MANIFOLD what has an odd number of triangles at some edge even then.
 */
export function closeSurface(welded: Mesh, edges: HalfEdges, repairs: Repairs): ClosedSurface {
  const first: State = { mesh: welded, edges, done: {} };
  const watertight = oddEdges(first.edges) === 0;
  const state = attempts(first);
  if (oddEdges(state.edges) > 0) throw openness(first);
  if (state.mesh.triangles.length === 0) throw refuse('NO_VOLUME');
  for (const [repair, times] of Object.entries(state.done)) note(repairs, repair as keyof Repairs, times);
  return { mesh: state.mesh, edges: state.edges, watertight };
}

interface State {
  mesh: Mesh;
  edges: HalfEdges;
  done: Repairs;
}

function attempts(first: State): State {
  const single = withoutDuplicates(first);
  if (oddEdges(single.edges) === 0) return single;
  const finless = withoutFins(single);
  if (oddEdges(finless.edges) === 0) return finless;
  const diagonal = diagonalOf(boxOf(first.mesh));
  // If the widest seam leaves it in pieces, narrower ones do too.
  const widest = stitch(single.mesh, single.edges, tolerances.at(-1)! * diagonal).mesh;
  if (pairHalfEdges(widest).open.length > mostOpenEdges) return first;
  for (const tolerance of tolerances) {
    const sewn = withoutFins(withoutDuplicates(sew(single, tolerance * diagonal)));
    if (oddEdges(sewn.edges) === 0) return sewn;
  }
  return first;
}

function withoutDuplicates(state: State): State {
  if (state.edges.crowded.length === 0) return state;
  for (const keepPairs of [false, true]) {
    const { mesh, dropped } = dropDuplicates(state.mesh, state.edges, keepPairs);
    if (dropped === 0) return state;
    const after = advance(state, mesh, 'duplicateTriangles', dropped);
    // Two shells may share a triangle and both need it.
    if (mesh.triangles.length > 0 && oddEdges(after.edges) <= oddEdges(state.edges)) return after;
  }
  return state;
}

function withoutFins(state: State): State {
  const { mesh, dropped } = dropFins(state.mesh, state.edges);
  if (dropped === 0) return state;
  const after = advance(state, mesh, 'finTriangles', dropped);
  return oddEdges(after.edges) === 0 ? after : state;
}

function sew(state: State, tolerance: number): State {
  const { mesh, joined } = stitch(state.mesh, state.edges, tolerance);
  let sewn = joined > 0 ? advance(state, mesh, 'stitchedVertices', joined) : state;
  // Each round splits one edge of a triangle; three, and a few for triangles that came of splitting.
  for (let round = 0; round < 8; round++) {
    const open = sewn.edges.open.length;
    if (open === 0 || open > mostOpenEdges) break;
    const { mesh: after, split } = splitTJunctions(sewn.mesh, sewn.edges, tolerance);
    if (split === 0) break;
    sewn = advance(sewn, after, 'splitTJunctions', split);
  }
  return sewn;
}

function advance(state: State, mesh: Mesh, repair: keyof Repairs, times: number): State {
  const done = { ...state.done };
  note(done, repair, times);
  return { mesh, edges: pairHalfEdges(mesh), done };
}

function oddEdges({ open, crowded }: HalfEdges): number {
  return crowded.reduce((sum, group) => sum + (group.length % 2), open.length);
}

function openness({ mesh, edges }: State) {
  const place = (edge: number) => vertexAt(mesh, mesh.triangles[edge]!);
  const odd = edges.crowded.filter((group) => group.length % 2 === 1);
  return edges.open.length > 0
    ? refuse('MESH_OPEN', edges.open.length, place(edges.open[0]!))
    : refuse('MESH_NOT_MANIFOLD', odd.length, place(odd[0]![0]!));
}
