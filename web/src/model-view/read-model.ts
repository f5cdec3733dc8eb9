import { type Mesh, ModelError, meshOf } from './mesh.ts';
import { readObj } from './read-obj.ts';
import { readStl } from './read-stl.ts';

/** Larger files are not drawn: the page would run out of memory before the pricing engine does. */
export const MAX_SHOWN_BYTES = 128 * 1_048_576;

/** What the shop takes, and what of it can be looked at. */
export const ACCEPTED = ['stl', 'obj', 'ply', '3mf'] as const;

export function extensionOf(filename: string): string {
  const dot = filename.lastIndexOf('.');
  return dot < 0 ? '' : filename.slice(dot + 1).toLowerCase();
}

/** Reads a file as its name says; throws a `ModelError`. */
export function readModel(filename: string, bytes: Uint8Array): Mesh {
  if (bytes.length === 0) throw new ModelError('EMPTY', 'the file has no bytes');
  if (bytes.length > MAX_SHOWN_BYTES)
    throw new ModelError('TOO_LARGE', `expected at most ${MAX_SHOWN_BYTES} bytes, got ${bytes.length}`);
  const extension = extensionOf(filename);
  if (extension === 'stl') return meshOf(readStl(bytes));
  if (extension === 'obj') return meshOf(readObj(bytes));
  if ((ACCEPTED as readonly string[]).includes(extension))
    throw new ModelError('CANNOT_BE_SHOWN', `.${extension} is priced, but not drawn here`);
  throw new ModelError('UNKNOWN_FORMAT', `expected .stl or .obj, got ${filename}`);
}
