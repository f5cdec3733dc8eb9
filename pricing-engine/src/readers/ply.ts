import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { Numbers } from './numbers.ts';
import {
  type PlyElement,
  type PlyHeader,
  readPlyHeader,
  type ScalarType,
  scalarBytes,
} from './ply-header.ts';
import { triangulate } from './polygon.ts';
import type { Reader } from './reader.ts';
import { TextScanner } from './text-scanner.ts';

/** PLY: ASCII and binary of both byte orders; any other elements and properties are stepped over. */
export const ply: Reader = {
  recognises(bytes) {
    return /^ply\s/.test(String.fromCharCode(...bytes.subarray(0, 4)));
  },

  read(bytes, limits) {
    const header = readPlyHeader(bytes);
    checkSize(header, bytes.length, limits);
    const next =
      header.encoding === 'ascii'
        ? asciiValues(bytes.subarray(header.bytes))
        : binaryValues(bytes.subarray(header.bytes), header.encoding === 'binary_little_endian');
    const vertices = new Numbers();
    const triangles = new Numbers();
    for (const element of header.elements) readElement(element, next, vertices, triangles, limits);
    const coordinates = new Float64Array(triangles.length * 3);
    const count = vertices.length / 3;
    for (let corner = 0; corner < triangles.length; corner++) {
      const vertex = triangles.at(corner);
      for (let axis = 0; axis < 3; axis++) coordinates[corner * 3 + axis] = vertices.at(vertex * 3 + axis);
    }
    if (count === 0 && triangles.length > 0) throw refuse('MODEL_EMPTY');
    return { format: 'ply', unit: 'mm', coordinates, oddities: [] };
  },
};

/** The next value, whatever its type; throws FILE_TRUNCATED at the end. */
type Next = (type: ScalarType) => number;

/** Every entry of an element takes bytes: a header that promises more than the file holds is refused before the work. */
function checkSize(header: PlyHeader, size: number, limits: Limits): void {
  for (const element of header.elements) {
    const least = element.properties.reduce(
      (sum, { type, count }) => sum + (header.encoding === 'ascii' ? 2 : scalarBytes[count ?? type]),
      0,
    );
    if (element.count * Math.max(least, 1) > size + 1)
      throw refuse('FILE_TRUNCATED', `${element.count} × ${element.name} announced in ${size} bytes`);
    if (element.name === 'face' && element.count > limits.maxTriangles)
      throw refuse('TOO_MANY_TRIANGLES', element.count, limits.maxTriangles);
  }
}

function readElement(
  element: PlyElement,
  next: Next,
  vertices: Numbers,
  triangles: Numbers,
  limits: Limits,
): void {
  const isVertex = element.name === 'vertex';
  const isFace = element.name === 'face';
  const axes = element.properties.map(({ name, count }) =>
    isVertex && count === null ? ['x', 'y', 'z'].indexOf(name) : -1,
  );
  if (isVertex && element.count > 0 && [0, 1, 2].some((axis) => !axes.includes(axis)))
    throw refuse('FILE_DAMAGED', 'PLY vertices without x, y and z');
  const corner = [0, 0, 0];
  for (let entry = 0; entry < element.count; entry++) {
    for (const [index, { name, type, count }] of element.properties.entries()) {
      if (count === null) {
        const value = next(type);
        const axis = axes[index]!;
        if (axis >= 0) corner[axis] = value;
        continue;
      }
      const length = next(count);
      if (!Number.isInteger(length) || length < 0)
        throw refuse('FILE_DAMAGED', `a PLY list of the length ${length}`);
      if (isFace && (name === 'vertex_indices' || name === 'vertex_index'))
        readFace(length, () => next(type), vertices, triangles, limits);
      else for (let item = 0; item < length; item++) next(type);
    }
    if (!isVertex) continue;
    if (!corner.every(Number.isFinite)) throw refuse('NOT_FINITE', `vertex ${entry}`);
    for (const value of corner) vertices.push(value);
  }
}

function readFace(
  length: number,
  next: () => number,
  vertices: Numbers,
  triangles: Numbers,
  limits: Limits,
): void {
  if (length > 100_000) throw refuse('FILE_DAMAGED', `a face of ${length} corners`);
  const count = vertices.length / 3;
  const polygon: number[] = [];
  for (let item = 0; item < length; item++) {
    const vertex = next();
    if (!Number.isInteger(vertex) || vertex < 0 || vertex >= count)
      throw refuse('INDEX_OUT_OF_RANGE', 'a face', vertex, count);
    polygon.push(vertex);
  }
  if (length < 3) return;
  triangulate(
    polygon,
    (vertex, axis) => vertices.at(vertex * 3 + axis),
    (a, b, c) => {
      for (const index of [a, b, c]) triangles.push(polygon[index]!);
    },
  );
  if (triangles.length > limits.maxTriangles * 3)
    throw refuse('TOO_MANY_TRIANGLES', triangles.length / 3, limits.maxTriangles);
}

function asciiValues(bytes: Uint8Array): Next {
  const scanner = new TextScanner(bytes);
  return () => {
    if (!scanner.word()) throw refuse('FILE_TRUNCATED', 'in the middle of the data');
    return scanner.number();
  };
}

function binaryValues(bytes: Uint8Array, little: boolean): Next {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  return (type) => {
    const from = at;
    at += scalarBytes[type];
    if (at > bytes.length) throw refuse('FILE_TRUNCATED', 'in the middle of the data');
    switch (type) {
      case 'char':
      case 'int8':
        return view.getInt8(from);
      case 'uchar':
      case 'uint8':
        return view.getUint8(from);
      case 'short':
      case 'int16':
        return view.getInt16(from, little);
      case 'ushort':
      case 'uint16':
        return view.getUint16(from, little);
      case 'int':
      case 'int32':
        return view.getInt32(from, little);
      case 'uint':
      case 'uint32':
        return view.getUint32(from, little);
      case 'float':
      case 'float32':
        return view.getFloat32(from, little);
      case 'double':
      case 'float64':
        return view.getFloat64(from, little);
    }
  };
}
