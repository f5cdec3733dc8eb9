import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';
import { type Placement, readThreemfPart, type ThreemfPart, type Transform } from './3mf-objects.ts';
import type { Reader } from './reader.ts';
import { XmlTags } from './xml.ts';
import { Zip } from './zip.ts';

const modelRelation = 'http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel';

const unitMm: Readonly<Record<string, number>> = {
  micron: 0.001,
  millimeter: 1,
  centimeter: 10,
  inch: 25.4,
  foot: 304.8,
  meter: 1000,
};

/** 3MF: what its build places, in mm. Components and transforms are followed, bombs and cycles of them refused. */
export const threemf: Reader = {
  recognises(bytes) {
    return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
  },

  read(bytes, limits) {
    const parts = new Package(new Zip(bytes), limits);
    const root = parts.rootPath();
    const { unit, build } = parts.part(root);
    const scale = Object.hasOwn(unitMm, unit) ? unitMm[unit]! : null;
    if (scale === null) throw refuse('FILE_DAMAGED', `the unknown unit "${unit.slice(0, 40)}"`);
    if (build.length === 0) throw refuse('MODEL_EMPTY');
    // Counted before anything is placed: ten components of ten components … are 10¹² copies in a kilobyte.
    const triangles = build.reduce((sum, item) => sum + parts.triangles(item, root), 0);
    if (triangles > limits.maxTriangles) throw refuse('TOO_MANY_TRIANGLES', triangles, limits.maxTriangles);
    const coordinates = new Float64Array(triangles * 9);
    const scaled: Transform = [scale, 0, 0, 0, scale, 0, 0, 0, scale, 0, 0, 0];
    let at = 0;
    for (const item of build) at = parts.place(item, root, scaled, coordinates, at);
    if (!coordinates.every(Number.isFinite)) throw refuse('NOT_FINITE', 'after a transform');
    return { format: '3mf', unit, coordinates, oddities: [] };
  },
};

/** The model parts of the package, each read when it is first referred to. */
class Package {
  readonly #zip: Zip;
  readonly #limits: Limits;
  readonly #parts = new Map<string, ThreemfPart>();
  /** Triangles of an object with all its components; 'counting' while that is under way, which is how cycles show. */
  readonly #counts = new Map<string, number | 'counting'>();

  constructor(zip: Zip, limits: Limits) {
    this.#zip = zip;
    this.#limits = limits;
  }

  rootPath(): string {
    const relations = this.#zip.file('_rels/.rels', this.#limits.maxBytes);
    if (!relations) throw refuse('FILE_DAMAGED', 'the archive is no 3MF package: it has no _rels/.rels');
    const tags = new XmlTags(relations);
    while (tags.next())
      if (tags.name === 'Relationship' && tags.text('Type') === modelRelation)
        return tags.text('Target') ?? '';
    throw refuse('FILE_DAMAGED', 'the 3MF package names no 3D model');
  }

  part(path: string): ThreemfPart {
    const known = this.#parts.get(path);
    if (known) return known;
    const bytes = this.#zip.file(path, this.#limits.maxBytes);
    if (!bytes) throw refuse('FILE_DAMAGED', `the 3MF package lacks "${path.slice(0, 80)}"`);
    const part = readThreemfPart(bytes, this.#limits);
    this.#parts.set(path, part);
    return part;
  }

  triangles(placement: Placement, from: string): number {
    const { object, path, key } = this.#object(placement, from);
    const known = this.#counts.get(key);
    if (known === 'counting') throw refuse('FILE_DAMAGED', `object ${placement.objectId} contains itself`);
    if (known !== undefined) return known;
    // Deeper than this is no assembly but an attack on the stack.
    if (this.#counts.size > 100_000) throw refuse('FILE_DAMAGED', 'more than 100000 objects');
    this.#counts.set(key, 'counting');
    let count = object.type === 'model' ? object.triangles.length / 3 : 0;
    this.#depth++;
    if (this.#depth > 200) throw refuse('FILE_DAMAGED', 'components nested more than 200 deep');
    for (const component of object.components) count += this.triangles(component, path);
    this.#depth--;
    this.#counts.set(key, count);
    return count;
  }

  #depth = 0;

  /** Writes the placed triangles from `at` on and returns where they end. */
  place(placement: Placement, from: string, outer: Transform, target: Float64Array, at: number): number {
    // Nothing in it: an empty object may still have 10¹² copies.
    if (this.triangles(placement, from) === 0) return at;
    const { object, path } = this.#object(placement, from);
    const transform = placement.transform ? multiply(placement.transform, outer) : outer;
    if (object.type === 'model') at = write(object.vertices, object.triangles, transform, target, at);
    for (const component of object.components) at = this.place(component, path, transform, target, at);
    return at;
  }

  #object({ objectId, path }: Placement, from: string) {
    const where = path ?? from;
    const object = this.part(where).objects.get(objectId);
    if (!object) throw refuse('FILE_DAMAGED', `no object ${objectId.slice(0, 40)} in the 3MF package`);
    return { object, path: where, key: `${where}#${objectId}` };
  }
}

function write(
  vertices: Float64Array,
  triangles: Float64Array,
  transform: Transform,
  target: Float64Array,
  start: number,
): number {
  let at = start;
  // A mirrored part would turn inside out.
  const mirrored = determinant(transform) < 0;
  for (let corner = 0; corner < triangles.length; corner++) {
    const inTriangle = corner % 3;
    const source = mirrored && inTriangle > 0 ? corner + 3 - 2 * inTriangle : corner;
    const vertex = triangles[source]! * 3;
    const x = vertices[vertex]!;
    const y = vertices[vertex + 1]!;
    const z = vertices[vertex + 2]!;
    for (let axis = 0; axis < 3; axis++)
      target[at++] =
        x * transform[axis]! + y * transform[3 + axis]! + z * transform[6 + axis]! + transform[9 + axis]!;
  }
  return at;
}

function multiply(inner: Transform, outer: Transform): Transform {
  return Array.from({ length: 12 }, (_, index) => {
    const row = Math.floor(index / 3);
    const column = index % 3;
    let sum = row === 3 ? outer[9 + column]! : 0;
    for (let k = 0; k < 3; k++) sum += inner[row * 3 + k]! * outer[k * 3 + column]!;
    return sum;
  });
}

function determinant(t: Transform): number {
  return (
    t[0]! * (t[4]! * t[8]! - t[5]! * t[7]!) -
    t[1]! * (t[3]! * t[8]! - t[5]! * t[6]!) +
    t[2]! * (t[3]! * t[7]! - t[4]! * t[6]!)
  );
}
