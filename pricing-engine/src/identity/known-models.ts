import type { Cache } from '@alexandrite/cache';
import { engineVersion, type Features, type ModelFile } from '../features.ts';

/** A model that was measured before, by its bytes. */
export interface KnownModel {
  file: ModelFile;
  features: Features;
}

const keptMs = 30 * 86_400_000; // 30 days

/**
 * What was measured, by the bytes of the file and by the triangles in it: features, never prices, since tariffs change.
 * A cache that does not answer knows nothing; `complain` hears of it.
 */
export class KnownModels {
  readonly #cache: Cache;
  readonly #complain: (error: unknown) => void;

  constructor(cache: Cache, complain: (error: unknown) => void) {
    this.#cache = cache;
    this.#complain = complain;
  }

  byBytes(sha256: string): Promise<KnownModel | null> {
    return this.#get<KnownModel>(key('bytes', sha256));
  }

  byTriangles(hash: string): Promise<Features | null> {
    return this.#get<Features>(key('triangles', hash));
  }

  async remember(file: ModelFile, trianglesHash: string, features: Features): Promise<void> {
    const known: KnownModel = { file, features };
    try {
      await Promise.all([
        this.#cache.set(key('bytes', file.sha256), JSON.stringify(known), keptMs),
        this.#cache.set(key('triangles', trianglesHash), JSON.stringify(features), keptMs),
      ]);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #get<T>(name: string): Promise<T | null> {
    try {
      const text = await this.#cache.get(name);
      return text === null ? null : (JSON.parse(text) as T);
    } catch (error) {
      this.#complain(error);
      return null;
    }
  }
}

/** Another version of the engine finds nothing of this one: that is how the cache is dropped. */
function key(by: 'bytes' | 'triangles', hash: string): string {
  return `pricing:features:${engineVersion}:${by}:${hash}`;
}
