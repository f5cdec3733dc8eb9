import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { Numbers } from './numbers.ts';
import { triangulate } from './polygon.ts';
import type { Reader } from './reader.ts';
import { TextScanner } from './text-scanner.ts';

const SLASH = 47;

/** Wavefront OBJ: `v` and `f` of it; polygons, `v/vt/vn` in all its forms, negative indices, continued lines. */
export const obj: Reader = {
  recognises(bytes) {
    const start = new TextDecoder().decode(bytes.subarray(0, 65_536));
    return !start.includes('\0') && /(^|[\r\n])\s*[vf][ \t]+[-+.\d]/.test(start);
  },

  read(bytes, limits) {
    const scanner = new TextScanner(bytes);
    const vertices = new Numbers();
    const triangles = new Numbers();
    const polygon: number[] = [];
    do {
      if (!scanner.wordOnLine()) continue;
      if (scanner.is('v')) readVertex(scanner, vertices, limits);
      else if (scanner.is('f')) {
        readFace(scanner, vertices.length / 3, polygon);
        addFace(polygon, vertices, triangles);
        if (triangles.length > limits.maxTriangles * 3)
          throw refuse('TOO_MANY_TRIANGLES', triangles.length / 3, limits.maxTriangles);
      }
    } while (scanner.nextLine());
    const coordinates = new Float64Array(triangles.length * 3);
    for (let corner = 0; corner < triangles.length; corner++) {
      const vertex = triangles.at(corner) * 3;
      for (let axis = 0; axis < 3; axis++) coordinates[corner * 3 + axis] = vertices.at(vertex + axis);
    }
    return { format: 'obj', unit: 'mm', coordinates, oddities: scanner.commas ? ['DECIMAL_COMMAS'] : [] };
  },
};

/** x, y and z; a weight or a colour may follow and is not looked at. */
function readVertex(scanner: TextScanner, vertices: Numbers, limits: Limits): void {
  for (let axis = 0; axis < 3; axis++) {
    if (!scanner.wordOnLine())
      throw refuse('FILE_DAMAGED', `line ${scanner.line()}: expected three coordinates, found ${axis}`);
    vertices.push(scanner.number());
  }
  // A closed surface has fewer vertices than triangles: more of them are padding.
  if (vertices.length > limits.maxTriangles * 9)
    throw refuse('TOO_MANY_TRIANGLES', vertices.length / 9, limits.maxTriangles);
}

function readFace(scanner: TextScanner, vertices: number, polygon: number[]): void {
  polygon.length = 0;
  while (scanner.wordOnLine()) {
    // Of `v/vt/vn` only the first is of interest.
    let end = scanner.start;
    while (end < scanner.end && scanner.bytes[end] !== SLASH) end++;
    scanner.end = end;
    const index = scanner.number();
    const vertex = index < 0 ? vertices + index : index - 1;
    if (!Number.isInteger(index) || vertex < 0 || vertex >= vertices)
      throw refuse('INDEX_OUT_OF_RANGE', `line ${scanner.line()}`, index, vertices);
    polygon.push(vertex);
    if (polygon.length > maxCorners)
      throw refuse('FILE_DAMAGED', `line ${scanner.line()}: a face of more than ${maxCorners} corners`);
  }
}

const maxCorners = 100_000;

/** Faces of one or two corners enclose nothing; their line is as good as empty. */
function addFace(polygon: readonly number[], vertices: Numbers, triangles: Numbers): void {
  if (polygon.length < 3) return;
  triangulate(
    polygon,
    (vertex, axis) => vertices.at(vertex * 3 + axis),
    (a, b, c) => {
      triangles.push(polygon[a]!);
      triangles.push(polygon[b]!);
      triangles.push(polygon[c]!);
    },
  );
}
