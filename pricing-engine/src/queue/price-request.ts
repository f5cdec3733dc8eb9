import type { Readable } from 'node:stream';
import type { Files } from '@alexandrite/files';
import type { PricingRequest, PricingResult } from '@alexandrite/schema/events';
import { type Tariff, TariffError, tariffAt } from '@alexandrite/tariff';
import type { Limits } from '../limits.ts';
import type { Step } from '../measure-model.ts';
import { quote } from '../quote.ts';
import { Refusal, refuse } from '../refusal.ts';
import type { Pool } from '../worker/pool.ts';
import type { KnownFeatures, KnownFile } from './known-features.ts';

export interface Desk {
  files: Files;
  known: KnownFeatures;
  pool: Pool;
  tariffs: readonly Tariff[];
  limits: Limits;
}

interface RequestOptions {
  onStep: (step: Step) => void;
  signal: AbortSignal;
}

/**
 * The answer to one request. A refusal of the model or of the options is an answer too, since the same request would be
 * refused again; what is thrown is a fault that another attempt may not meet.
 */
export async function priceRequest(
  desk: Desk,
  request: PricingRequest,
  options: RequestOptions,
): Promise<PricingResult> {
  const began = performance.now();
  const answer = { requestId: request.id, orderId: request.orderId };
  const seconds = () => (performance.now() - began) / 1_000;
  try {
    const { file, features, source } = await measured(desk, request, options);
    const tariff = tariffAt(desk.tariffs, new Date(request.requestedAt));
    const result = quote(file, features, request, tariff, 'en');
    return { ...answer, outcome: 'CALCULATED', result, source, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof TariffError)) throw error;
    return { ...answer, outcome: 'FAILED', code: error.code, message: error.text, seconds: seconds() };
  }
}

type Source = Extract<PricingResult, { outcome: 'CALCULATED' }>['source'];

async function measured(
  desk: Desk,
  { modelSha256 }: PricingRequest,
  options: RequestOptions,
): Promise<KnownFile & { source: Source }> {
  const { known, files, pool, limits } = desk;
  const seen = await known.byBytes(modelSha256);
  if (seen) return { ...seen, source: 'CACHE_BYTES' };
  const stored = await files.get(modelSha256);
  if (!stored) throw new Error(`the bytes of model ${modelSha256} are not among the files`);
  const bytes = await collect(stored, limits.maxBytes);
  const { file, features, trianglesHash, computed } = await pool.run(bytes, {
    ...options,
    findKnown: (hash) => known.byTriangles(hash),
  });
  await known.keep({ file, features }, trianglesHash);
  return { file, features, source: computed ? 'COMPUTED' : 'CACHE_TRIANGLES' };
}

/** One array of all bytes, of its own buffer, so that a thread can take it over. */
async function collect(stored: Readable, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stored as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw refuse('FILE_TOO_LARGE', length, maxBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
