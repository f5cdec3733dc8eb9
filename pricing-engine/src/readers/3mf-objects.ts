import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { Numbers } from './numbers.ts';
import { XmlTags } from './xml.ts';

/** Row-major 4 × 3, as 3MF writes it: a point is a row before the matrix. */
export type Transform = readonly number[];

export interface ThreemfObject {
  /** Only `model` is made; support and other objects are not part of the piece. */
  type: string;
  vertices: Float64Array;
  /** Three vertex numbers each, checked against `vertices`. */
  triangles: Float64Array;
  components: Placement[];
}

/** An object placed in another object or on the build. `path` names another part of the package. */
export interface Placement {
  objectId: string;
  path: string | null;
  transform: Transform | null;
}

export interface ThreemfPart {
  unit: string;
  objects: Map<string, ThreemfObject>;
  build: Placement[];
}

/** Reads one model part: its objects and its build, nothing placed yet. */
export function readThreemfPart(bytes: Uint8Array, limits: Limits): ThreemfPart {
  const tags = new XmlTags(bytes);
  const part: ThreemfPart = { unit: 'millimeter', objects: new Map(), build: [] };
  let isModel = false;
  while (tags.next()) {
    if (tags.kind === 'close') continue;
    if (tags.name === 'model') {
      isModel = true;
      part.unit = tags.text('unit') ?? 'millimeter';
    } else if (tags.name === 'object') {
      const id = tags.text('id');
      if (id === null || part.objects.has(id))
        throw refuse('FILE_DAMAGED', id === null ? 'an object without id' : `two objects ${id.slice(0, 40)}`);
      part.objects.set(id, readObject(tags, tags.text('type') ?? 'model', limits));
    } else if (tags.name === 'item') {
      part.build.push(placement(tags));
      if (part.build.length > limits.maxTriangles)
        throw refuse('TOO_MANY_TRIANGLES', part.build.length, limits.maxTriangles);
    }
  }
  if (!isModel) throw refuse('FILE_DAMAGED', 'the 3MF model part has no <model>');
  return part;
}

function readObject(tags: XmlTags, type: string, limits: Limits): ThreemfObject {
  const vertices = new Numbers();
  const triangles = new Numbers();
  const components: Placement[] = [];
  const isEmpty = tags.kind === 'empty';
  while (!isEmpty && tags.next()) {
    if (tags.kind === 'close' && tags.name === 'object') break;
    if (tags.kind === 'close') continue;
    if (tags.name === 'vertex') {
      for (const axis of ['x', 'y', 'z']) vertices.push(tags.number(axis));
    } else if (tags.name === 'triangle') {
      for (const corner of ['v1', 'v2', 'v3']) triangles.push(tags.number(corner));
    } else if (tags.name === 'component') {
      components.push(placement(tags));
    }
    const most = Math.max(vertices.length / 9, triangles.length / 3, components.length);
    if (most > limits.maxTriangles) throw refuse('TOO_MANY_TRIANGLES', Math.ceil(most), limits.maxTriangles);
  }
  const count = vertices.length / 3;
  for (const vertex of triangles.values())
    if (!Number.isInteger(vertex) || vertex < 0 || vertex >= count)
      throw refuse('INDEX_OUT_OF_RANGE', 'a triangle', vertex, count);
  return { type, vertices: vertices.values(), triangles: triangles.values(), components };
}

function placement(tags: XmlTags): Placement {
  const objectId = tags.text('objectid');
  if (objectId === null) throw refuse('FILE_DAMAGED', `<${tags.name}> without objectid`);
  const text = tags.text('transform');
  return { objectId, path: tags.text('p:path'), transform: text === null ? null : transform(text) };
}

function transform(text: string): Transform {
  const numbers = text.trim().split(/\s+/).map(Number);
  if (numbers.length === 12 && numbers.every(Number.isFinite)) return numbers;
  throw refuse('FILE_DAMAGED', `expected a transform of 12 numbers, found "${text.slice(0, 80)}"`);
}
