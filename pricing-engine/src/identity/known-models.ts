import { engineVersion, type Features, type ModelFile } from '../features.ts';
import { bucketOf, bucketsOf, mayBeCongruent, type Signature } from './signature.ts';

/** A model that was measured before, by its bytes. */
export interface KnownModel {
  file: ModelFile;
  features: Features;
}

/** Where it is kept: the cache port, or a folder that outlives the process. */
export interface KnownStore {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
}

/** A shape as it was when it was measured: what another has to be compared with. */
export interface KnownShape {
  signature: Signature;
  /** Of volume, in the coordinates of the vertices. */
  centroid: [number, number, number];
  /** By `packVertices`. */
  vertices: Uint8Array<ArrayBuffer>;
}

export interface CongruenceCandidate extends KnownShape {
  features: Features;
}

export const keptMs = 30 * 86_400_000; // 30 days
/** Shapes that share all numbers of a signature: copies of one, or its mirror image. */
const mostInBucket = 4;
/** A shape of more is not kept: a million triangles are 4 MB. */
const mostShapeBytes = 8 * 1_048_576;

/** What a bucket keeps of each shape in it. */
interface Entry {
  signature: Signature;
  centroid: [number, number, number];
  trianglesHash: string;
}

/**
 * What was measured, by the bytes of the file, by the triangles in it, and by its shape however it is moved and turned:
 * features, never prices, since tariffs change. A store that does not answer knows nothing; `complain` hears of it.
 */
export class KnownModels {
  readonly #store: KnownStore;
  readonly #complain: (error: unknown) => void;

  constructor(store: KnownStore, complain: (error: unknown) => void) {
    this.#store = store;
    this.#complain = complain;
  }

  byBytes(sha256: string): Promise<KnownModel | null> {
    return this.#get<KnownModel>(key('bytes', sha256));
  }

  byTriangles(hash: string): Promise<Features | null> {
    return this.#get<Features>(key('triangles', hash));
  }

  /** Those that agree in all numbers; whether they are congruent is for `findRotation` to say. */
  async byShape(signature: Signature): Promise<CongruenceCandidate[]> {
    const buckets = await Promise.all(
      bucketsOf(signature).map((bucket) => this.#get<Entry[]>(key('shape', bucket))),
    );
    const entries = buckets.flatMap((bucket) => bucket ?? []);
    const candidates: CongruenceCandidate[] = [];
    for (const { signature: known, centroid, trianglesHash } of entries) {
      if (!mayBeCongruent(known, signature)) continue;
      const [features, vertices] = await Promise.all([
        this.byTriangles(trianglesHash),
        this.#get<string>(key('vertices', trianglesHash)),
      ]);
      if (!features || !vertices) continue;
      candidates.push({ signature: known, centroid, features, vertices: Buffer.from(vertices, 'base64') });
    }
    return candidates;
  }

  /** @param shape left out where the features came of another shape, which is known already */
  async remember(
    file: ModelFile,
    trianglesHash: string,
    features: Features,
    shape?: KnownShape,
  ): Promise<void> {
    const known: KnownModel = { file, features };
    await Promise.all([
      this.#set(key('bytes', file.sha256), known),
      this.#set(key('triangles', trianglesHash), features),
      shape && shape.vertices.length <= mostShapeBytes ? this.#keepShape(trianglesHash, shape) : null,
    ]);
  }

  /** The vertices first: who finds the shape in its bucket finds them too. Of two at once one may be forgotten. */
  async #keepShape(trianglesHash: string, { signature, centroid, vertices }: KnownShape): Promise<void> {
    await this.#set(key('vertices', trianglesHash), Buffer.from(vertices).toString('base64'));
    const bucket = key('shape', bucketOf(signature));
    const others = ((await this.#get<Entry[]>(bucket)) ?? []).filter(
      (entry) => entry.trianglesHash !== trianglesHash,
    );
    await this.#set(bucket, [{ signature, centroid, trianglesHash }, ...others].slice(0, mostInBucket));
  }

  async #set(name: string, value: unknown): Promise<void> {
    try {
      await this.#store.set(name, JSON.stringify(value), keptMs);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #get<T>(name: string): Promise<T | null> {
    try {
      const text = await this.#store.get(name);
      return text === null ? null : (JSON.parse(text) as T);
    } catch (error) {
      this.#complain(error);
      return null;
    }
  }
}

/** Another version of the engine finds nothing of this one. */
export function key(
  by: 'bytes' | 'triangles' | 'shape' | 'vertices' | 'similar' | 'begun' | 'deaths',
  name: string,
): string {
  return `pricing:features:${engineVersion}:${by}:${name}`;
}
