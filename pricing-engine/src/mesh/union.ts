import type { Manifold, ManifoldToplevel } from 'manifold-3d';
import { refuse } from '../refusal.ts';
import type { Body } from './bodies.ts';
import type { Mesh } from './mesh.ts';
import { meshOf, uncross } from './uncross.ts';

let loaded: Promise<ManifoldToplevel> | undefined;

/** Loads the WebAssembly once a process, and only when shells really have to be united. */
function manifold(): Promise<ManifoldToplevel> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ManifoldToplevel> {
  const { default: instantiate } = await import('manifold-3d');
  const toplevel = await instantiate();
  toplevel.setup();
  return toplevel;
}

/**
 * The union of bodies, each less its voids. Refuses MESH_NOT_MANIFOLD what the kernel cannot take for a solid.
 * @param mayCross which of them may go through themselves: it takes time to find out and to mend. Default: none
 */
export async function unite(
  bodies: readonly Body[],
  mayCross: (body: Body) => boolean = () => false,
): Promise<{ mesh: Mesh; crossed: number }> {
  const { Manifold, Mesh: KernelMesh } = await manifold();
  let crossed = 0;
  const owned: Manifold[] = [];
  const own = (solid: Manifold) => {
    owned.push(solid);
    return solid;
  };
  const solid = ({ positions, triangles }: Mesh) =>
    own(Manifold.ofMesh(new KernelMesh({ numProp: 3, vertProperties: positions, triVerts: triangles })));
  try {
    const solids = bodies.map((body) => {
      const { outer, voids } = body;
      const drawn = solid(outer);
      const sound = mayCross(body) ? uncross({ Manifold }, drawn) : null;
      if (sound) crossed++;
      const whole = sound ? own(sound) : drawn;
      // A void is wound inwards; the kernel subtracts solids.
      return voids.length === 0
        ? whole
        : own(Manifold.difference([whole, ...voids.map((hole) => solid(insideOut(hole)))]));
    });
    const united = solids.length === 1 ? solids[0]! : own(Manifold.union(solids));
    return { mesh: meshOf(united), crossed };
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== 'NotManifold' && code !== 'NonFiniteVertex') throw cause;
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
