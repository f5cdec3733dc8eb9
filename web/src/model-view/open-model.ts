import { ownOrigin } from '../client/own-origin.ts';
import { type Mesh, ModelError } from './mesh.ts';
import type { ModelReply, ModelRequest } from './model-worker.ts';
import { MAX_SHOWN_BYTES } from './read-model.ts';

export interface ShownModel {
  filename: string;
  mesh: Mesh;
  normals: Float32Array;
}

const TIMEOUT_MS = 60_000; // 60 seconds: the largest file takes about five

/** Reads a file of this machine for the 3D view; throws a `ModelError`. */
export async function openModel(file: File, signal: AbortSignal): Promise<ShownModel> {
  if (file.size === 0) throw new ModelError('EMPTY', 'the file has no bytes');
  if (file.size > MAX_SHOWN_BYTES)
    throw new ModelError('TOO_LARGE', `expected at most ${MAX_SHOWN_BYTES} bytes, got ${file.size}`);
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch (error) {
    throw new ModelError('DAMAGED', `the file could not be opened: ${String(error)}`);
  }
  return readBeside(file.name, bytes, signal);
}

/** Fetches a model that the platform keeps, for the 3D view; throws a `ModelError` or what `fetch` throws. */
export async function fetchModel(url: string, filename: string, signal: AbortSignal): Promise<ShownModel> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(ownOrigin(url, location.href), { signal: within });
  if (!response.ok) throw new ModelError('DAMAGED', `the platform answered ${response.status}`);
  const bytes = Number(response.headers.get('content-length') ?? 0);
  if (bytes > MAX_SHOWN_BYTES)
    throw new ModelError('TOO_LARGE', `expected at most ${MAX_SHOWN_BYTES} bytes, got ${bytes}`);
  return readBeside(filename, await response.arrayBuffer(), signal);
}

function readBeside(filename: string, bytes: ArrayBuffer, signal: AbortSignal): Promise<ShownModel> {
  const { promise, resolve, reject } = Promise.withResolvers<ShownModel>();
  const worker = new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module' });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const give = () =>
    reject(signal.aborted ? signal.reason : new ModelError('TOO_LARGE', 'reading took too long'));
  stop.addEventListener('abort', give, { once: true });
  worker.addEventListener('message', (event: MessageEvent<ModelReply>) => {
    const reply = event.data;
    if ('mesh' in reply) resolve({ filename, mesh: reply.mesh, normals: reply.normals });
    else reject(new ModelError(reply.problem, reply.detail));
  });
  worker.addEventListener('error', (event) => reject(new ModelError('DAMAGED', event.message)));
  const question: ModelRequest = { filename, bytes };
  worker.postMessage(question, [bytes]);
  return promise.finally(() => {
    stop.removeEventListener('abort', give);
    worker.terminate();
  });
}
