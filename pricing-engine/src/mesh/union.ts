import type { Manifold } from 'manifold-3d';
import { refuse } from '../refusal.ts';
import type { Body } from './bodies.ts';
import { isUnsound, kernel, meshOf, solidOf } from './kernel.ts';
import type { Mesh } from './mesh.ts';

/**
 * The union of bodies, each less its voids. Refuses MESH_NOT_MANIFOLD what the kernel cannot take for a solid. A body that
 * goes through itself stays as it is drawn.
 */
export async function unite(bodies: readonly Body[]): Promise<Mesh> {
  const toplevel = await kernel();
  const { Manifold } = toplevel;
  const owned: Manifold[] = [];
  const own = (solid: Manifold) => {
    owned.push(solid);
    return solid;
  };
  const solid = (mesh: Mesh) => own(solidOf(toplevel, mesh));
  try {
    const solids = bodies.map(({ outer, voids }) =>
      voids.length === 0
        ? solid(outer)
        : // A void is wound inwards; the kernel subtracts solids.
          own(Manifold.difference([solid(outer), ...voids.map((hole) => solid(insideOut(hole)))])),
    );
    return meshOf(solids.length === 1 ? solids[0]! : own(Manifold.union(solids)));
  } catch (error) {
    if (!isUnsound(error)) throw error;
    const [x, y, z] = bodies[0]!.outer.positions;
    throw refuse('MESH_NOT_MANIFOLD', 1, [x!, y!, z!]);
  } finally {
    for (const solid of owned) solid.delete();
  }
}

function insideOut({ positions, triangles }: Mesh): Mesh {
  const turned = triangles.slice();
  for (let at = 0; at < turned.length; at += 3) {
    turned[at + 1] = triangles[at + 2]!;
    turned[at + 2] = triangles[at + 1]!;
  }
  return { positions, triangles: turned };
}
