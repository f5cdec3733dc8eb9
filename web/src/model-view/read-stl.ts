import { ModelError } from './mesh.ts';

const HEADER = 84;
const FACET = 50;

/**
 * The corners of an STL file. Many binary files begin with "solid" too, so the count decides first: a file of exactly
 * the announced size is binary whatever its first word.
 */
export function readStl(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= HEADER && HEADER + FACET * view.getUint32(80, true) === bytes.length)
    return readBinary(view);
  if (looksLikeText(bytes)) return readText(bytes);
  if (bytes.length < HEADER)
    throw new ModelError('UNKNOWN_FORMAT', `expected at least ${HEADER} bytes of STL, got ${bytes.length}`);
  const announced = view.getUint32(80, true);
  const present = Math.floor((bytes.length - HEADER) / FACET);
  if (announced > present)
    throw new ModelError('DAMAGED', `expected ${announced} triangles, the file holds ${present}`);
  return readBinary(view);
}

function readBinary(view: DataView): Float32Array {
  const triangles = view.getUint32(80, true);
  const positions = new Float32Array(triangles * 9);
  let to = 0;
  for (let triangle = 0; triangle < triangles; triangle++) {
    const at = HEADER + FACET * triangle + 12; // behind the normal, which is often wrong
    for (let i = 0; i < 9; i++) positions[to++] = view.getFloat32(at + 4 * i, true);
  }
  return positions;
}

function looksLikeText(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1_024));
  return /^(?:\u00ef\u00bb\u00bf)?\s*solid/i.test(head) && !head.includes('\0');
}

function readText(bytes: Uint8Array): Float32Array {
  const text = new TextDecoder('latin1').decode(bytes);
  const pattern = /\bvertex\s+(\S+)\s+(\S+)\s+(\S+)/gi;
  const values: number[] = [];
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text))
    values.push(Number(found[1]), Number(found[2]), Number(found[3]));
  if (values.length % 9 !== 0)
    throw new ModelError('DAMAGED', `expected three vertices per facet, got ${values.length / 3} in all`);
  return Float32Array.from(values);
}
