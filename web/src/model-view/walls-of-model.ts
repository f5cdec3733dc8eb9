import type { ShownModel } from './open-model.ts';
import type { PaintedWalls, WallsToPaint } from './paint-walls.ts';
import { readWallMap } from './wall-map.ts';

/** What is known of the walls of a model that was measured. */
export interface WallsSource {
  /** Another one for other walls. */
  id: string;
  thinnestMm: number;
  /** The least that the alloy needs. */
  limitMm: number;
  /** Of the surface, that is below the limit; 0 to 1. */
  thinShare: number;
  /** Fetches the map; null where there is none. */
  load(signal: AbortSignal): Promise<string | null>;
}

const TIMEOUT_MS = 60_000; // 60 seconds: the largest model takes some

/** Null where the platform has no map; throws what the request throws, or what the map or the time make impossible. */
export async function paintedWalls(
  model: ShownModel,
  source: WallsSource,
  signal: AbortSignal,
): Promise<PaintedWalls | null> {
  const map = await source.load(signal);
  if (map === null) return null;
  const question: WallsToPaint = {
    positions: model.mesh.positions,
    normals: model.normals,
    map: readWallMap(map),
    limitMm: source.limitMm,
  };
  const worker = new Worker(new URL('./walls-worker.ts', import.meta.url), { type: 'module' });
  const { promise, resolve, reject } = Promise.withResolvers<PaintedWalls>();
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const give = () => reject(stop.reason);
  stop.addEventListener('abort', give, { once: true });
  worker.addEventListener('message', ({ data }: MessageEvent<PaintedWalls>) => resolve(data));
  worker.addEventListener('error', (event) => reject(new Error(event.message)));
  worker.postMessage(question);
  return promise.finally(() => {
    stop.removeEventListener('abort', give);
    worker.terminate();
  });
}
