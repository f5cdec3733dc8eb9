import type { Manifold, ManifoldToplevel } from 'manifold-3d';
import type { Mesh } from './mesh.ts';

let loaded: Promise<ManifoldToplevel> | undefined;

/** The solids of manifold-3d: its WebAssembly is loaded once a process, and only when it is really wanted. */
export function kernel(): Promise<ManifoldToplevel> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ManifoldToplevel> {
  const { default: instantiate } = await import('manifold-3d');
  const toplevel = await instantiate();
  toplevel.setup();
  return toplevel;
}

/** To be deleted by who asked. Throws what `isUnsound` knows for a mesh that the kernel cannot take for a solid. */
export function solidOf({ Manifold, Mesh }: ManifoldToplevel, { positions, triangles }: Mesh): Manifold {
  return Manifold.ofMesh(new Mesh({ numProp: 3, vertProperties: positions, triVerts: triangles }));
}

export function meshOf(solid: Manifold): Mesh {
  const { vertProperties, triVerts, numProp } = solid.getMesh();
  if (numProp !== 3) throw new Error(`expected 3 properties a vertex, got ${numProp}`);
  return { positions: vertProperties, triangles: triVerts };
}

/** Whether an error is the mesh's doing, not the kernel's. */
export function isUnsound(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'NotManifold' || code === 'NonFiniteVertex';
}
