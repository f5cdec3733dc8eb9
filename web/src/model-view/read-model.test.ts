import { describe, expect, test } from '@jest/globals';
import { ModelError, sizeOf } from './mesh.ts';
import { readModel } from './read-model.ts';
import { smoothNormals } from './smooth-normals.ts';

const text = (content: string) => new TextEncoder().encode(content);

function binaryStl(
  triangles: number[][],
  header = 'made for a test',
  announced = triangles.length,
): Uint8Array {
  const bytes = Buffer.alloc(84 + 50 * triangles.length);
  bytes.write(header);
  bytes.writeUInt32LE(announced, 80);
  triangles.forEach((corners, at) => {
    for (const [i, value] of corners.entries()) bytes.writeFloatLE(value, 84 + 50 * at + 12 + 4 * i);
  });
  return bytes;
}

const triangle = [0, 0, 0, 10, 0, 0, 0, 5, 2];

describe('STL', () => {
  test('binary, also when its header begins with "solid"', () => {
    for (const header of ['made for a test', 'solid but binary']) {
      const mesh = readModel('Ring.STL', binaryStl([triangle, triangle], header));
      expect(mesh.triangles).toBe(2);
      expect(sizeOf(mesh)).toEqual([10, 5, 2]);
    }
  });

  test('text, in any case and with any line ends', () => {
    const file = `SOLID x\r\n FACET normal 0 0 1\r\n outer loop\r\n  VERTEX 0 0 0\r\n  vertex 1e1 0 0\r\n  vertex 0 5 2\r\n endloop\r\nendfacet\r\nendsolid`;
    expect(sizeOf(readModel('a.stl', text(file)))).toEqual([10, 5, 2]);
  });

  test('a file that ends early is damaged, one without triangles has no surface', () => {
    expect(problemOf(() => readModel('a.stl', binaryStl([triangle], 'x', 5)))).toBe('DAMAGED');
    expect(problemOf(() => readModel('a.stl', binaryStl([])))).toBe('NO_TRIANGLES');
    expect(problemOf(() => readModel('a.stl', text('solid nothing\nendsolid nothing')))).toBe('NO_TRIANGLES');
  });

  test('coordinates must be numbers', () => {
    expect(problemOf(() => readModel('a.stl', binaryStl([[NaN, ...triangle.slice(1)]])))).toBe('NOT_FINITE');
    const file = 'solid x\nvertex 0,5 0 0\nvertex 1 0 0\nvertex 0 1 0\nendsolid';
    expect(problemOf(() => readModel('a.stl', text(file)))).toBe('NOT_FINITE');
  });
});

describe('OBJ', () => {
  test('polygons, negative numbers, texture indices and continued lines', () => {
    const file = 'v 0 0 0\nv 4 0 0\nv 4 3 0\nv 0 3 1\nf 1/1/1 2/2/2 \\\n3//3 4\nf -4 -3 -2\n';
    const mesh = readModel('a.obj', text(file));
    expect(mesh.triangles).toBe(3);
    expect(sizeOf(mesh)).toEqual([4, 3, 1]);
  });

  test('a face of a vertex that is not there is damage; a text without vertices is no OBJ', () => {
    expect(problemOf(() => readModel('a.obj', text('v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n')))).toBe('DAMAGED');
    expect(problemOf(() => readModel('a.obj', text('hello\n')))).toBe('UNKNOWN_FORMAT');
  });
});

test('what is priced but not drawn, and what is neither', () => {
  expect(problemOf(() => readModel('a.3mf', text('PK')))).toBe('CANNOT_BE_SHOWN');
  expect(problemOf(() => readModel('a.png', text('x')))).toBe('UNKNOWN_FORMAT');
  expect(problemOf(() => readModel('a.stl', new Uint8Array()))).toBe('EMPTY');
});

test('normals are smooth across a gentle bend and sharp across an edge', () => {
  const fold = (height: number) =>
    Float32Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, height, 0, 1, 0]);
  const gentle = smoothNormals(fold(0.2));
  expect([...gentle.slice(3, 6)]).toEqual([...gentle.slice(9, 12)]);
  const sharp = smoothNormals(fold(3));
  expect([...sharp.slice(3, 6)]).toEqual([0, 0, 1]);
});

function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ModelError) return error.problem;
    throw error;
  }
  throw new Error('expected a ModelError');
}
