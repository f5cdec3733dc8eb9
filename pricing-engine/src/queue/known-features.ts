import type { Cache } from '@alexandrite/cache';
import type { Log } from '@alexandrite/telemetry/log';
import { engineVersion, type Features, type ModelFile } from '../features.ts';

/** What was measured of the bytes: enough to quote again without reading them. */
export interface KnownFile {
  file: ModelFile;
  features: Features;
}

const keptMs = 30 * 86_400_000; // 30 days

/**
 * Features of models met before, by the file's bytes and by its triangles. Never prices: those follow the tariff. What
 * another version of the engine measured is not found. A cache that is away knows nothing; that is logged.
 */
export class KnownFeatures {
  readonly #cache: Cache;
  readonly #log: Log;

  constructor(cache: Cache, log: Log) {
    this.#cache = cache;
    this.#log = log;
  }

  byBytes(sha256: string): Promise<KnownFile | null> {
    return this.#read<KnownFile>(bytesKey(sha256));
  }

  byTriangles(trianglesHash: string): Promise<Features | null> {
    return this.#read<Features>(trianglesKey(trianglesHash));
  }

  async keep(known: KnownFile, trianglesHash: string): Promise<void> {
    try {
      await Promise.all([
        this.#cache.set(bytesKey(known.file.sha256), JSON.stringify(known), keptMs),
        this.#cache.set(trianglesKey(trianglesHash), JSON.stringify(known.features), keptMs),
      ]);
    } catch (error) {
      this.#log.warn({ err: error }, 'the features of a model could not be kept');
    }
  }

  async #read<T>(key: string): Promise<T | null> {
    try {
      const text = await this.#cache.get(key);
      return text === null ? null : (JSON.parse(text) as T);
    } catch (error) {
      this.#log.warn({ err: error }, 'known features could not be looked up');
      return null;
    }
  }
}

function bytesKey(sha256: string): string {
  return `features:${engineVersion}:bytes:${sha256}`;
}

function trianglesKey(hash: string): string {
  return `features:${engineVersion}:triangles:${hash}`;
}
