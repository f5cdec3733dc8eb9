import type { Files } from '@alexandrite/files';
import type { PriceEstimate, PricingCalculated, PricingRequest } from '@alexandrite/schema/events';
import { contractAt, type Language } from '@alexandrite/tariff';
import { checkOptions } from '@alexandrite/tariff/price';
import { estimatePrice, measuredModel, type UnknownModel } from '../estimate-price.ts';
import type { Features, ModelFile } from '../features.ts';
import { type Band, missedBy, widened } from '../identity/band.ts';
import type { Descriptor } from '../identity/descriptor.ts';
import type { KnownModels } from '../identity/known-models.ts';
import type { Signature } from '../identity/signature.ts';
import type { SimilarModels } from '../identity/similar-models.ts';
import type { Limits } from '../limits.ts';
import type { Measured, Step } from '../measure-model.ts';
import { quote } from '../quote.ts';
import { Refusal } from '../refusal.ts';
import type { PriceList } from '../tariff/price-list.ts';
import { measureAlone } from '../worker/measure-alone.ts';
import { type Pool, type RunOptions, WorkerDied } from '../worker/pool.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { readStoredFile } from './read-stored-file.ts';
import type { Suspects } from './suspects.ts';

export interface PricingDesk {
  files: Files;
  known: KnownModels;
  similar: SimilarModels;
  suspects: Suspects;
  measuring: OneAtATime;
  pool: Pool;
  limits: Limits;
  prices: PriceList;
  language: Language;
}

/** What is heard of a request on its way. */
export interface OnItsWay {
  onStep: (step: Step | 'pricing') => void;
  /** At most once, before the model is measured. */
  onEstimate: (estimate: PriceEstimate) => void;
}

export type Answer = Pick<PricingCalculated, 'result' | 'source' | 'wallMap'>;

/**
 * Prices one request: from what is known of the model if it was measured before, else by measuring it. Throws a `Refusal`
 * or a `TariffError` for what can have no price, which would be the same at every attempt; anything else may pass.
 */
export async function answerRequest(
  desk: PricingDesk,
  request: PricingRequest,
  { onStep, onEstimate }: OnItsWay,
  signal: AbortSignal,
): Promise<Answer> {
  // That of the day of the request: another attempt, or the same request twice, gives the same price.
  const at = new Date(request.requestedAt);
  const { tariff, metalIsStale } = desk.prices.at(at);
  const { alloy, finish, quantity } = request;
  const options = { alloy, finish, quantity, contract: contractAt(tariff, request.accountId ?? null, at) };
  checkOptions(tariff, options);
  let estimated: PriceEstimate | null = null;
  const onUnknown = (model: UnknownModel) => {
    const alike = desk.similar.estimate(model.descriptor);
    estimated = alike && estimatePrice(model, alike, options, tariff, desk.language);
    if (estimated) onEstimate({ ...estimated, ...endsOf(widened(bandOf(estimated), desk.similar.widening)) });
  };
  const found = await featuresOf(desk, request, { onStep, onUnknown }, signal);
  const { file, features, source } = found;
  onStep('pricing');
  const result = quote(file, features, options, tariff, desk.language, { metalIsStale });
  if (found.unknown) {
    const missed = estimated && missedBy(bandOf(estimated), result.price.totalMinor);
    desk.similar.remember(
      found.unknown.trianglesHash,
      measuredModel(found.unknown.descriptor, features, missed),
    );
  }
  return { result, source, wallMap: features.wallMap };
}

function bandOf({ result, lowestMinor, highestMinor }: PriceEstimate): Band {
  return { totalMinor: result.price.totalMinor, lowestMinor, highestMinor };
}

function endsOf({ lowestMinor, highestMinor }: Band) {
  return { lowestMinor, highestMinor };
}

interface Found {
  file: ModelFile;
  features: Features;
  source: PricingCalculated['source'];
  /** Of a model that nothing was known of. */
  unknown?: { trianglesHash: string; descriptor: Descriptor };
}

const sources = { triangles: 'CACHE_TRIANGLES', shape: 'CACHE_SHAPE' } as const;

type Heard = Pick<RunOptions, 'onStep' | 'onUnknown'>;

/** Two orders of one model at once are measured once: the second finds what the first has left. */
function featuresOf(
  desk: PricingDesk,
  { id, modelSha256: sha256 }: PricingRequest,
  heard: Heard,
  signal: AbortSignal,
): Promise<Found> {
  return desk.measuring.run(sha256, signal, async () => {
    const before = await desk.known.byBytes(sha256);
    if (before) return { ...before, source: 'CACHE_BYTES' };
    const bytes = await readStoredFile(desk.files, sha256, desk.limits);
    const attempt = await desk.suspects.begin(sha256, id);
    try {
      const measured = attempt.alone
        ? await measureAlone(bytes, desk.limits, signal)
        : await measureInPool(desk, bytes, heard, signal);
      await attempt.ended('finished');
      return await keep(desk, sha256, measured);
    } catch (error) {
      const died = error instanceof WorkerDied;
      await attempt.ended(died ? 'died' : error instanceof Refusal ? 'finished' : 'stopped');
      throw error;
    }
  });
}

function measureInPool(
  { known, pool }: PricingDesk,
  bytes: Uint8Array<ArrayBuffer>,
  heard: Heard,
  signal: AbortSignal,
): Promise<Measured> {
  const findKnown = (hash: string) => known.byTriangles(hash);
  const findShapes = (signature: Signature) => known.byShape(signature);
  return pool.run(bytes, { ...heard, findKnown, findShapes, signal });
}

async function keep({ known }: PricingDesk, sha256: string, measured: Measured): Promise<Found> {
  const { file, features, trianglesHash, knownBy, shape, descriptor } = measured;
  if (file.sha256 !== sha256)
    throw new Error(`the bytes stored under ${sha256} are others: their sha256 is ${file.sha256}`);
  await known.remember(file, trianglesHash, features, shape);
  const found: Found = { file, features, source: knownBy ? sources[knownBy] : 'COMPUTED' };
  return descriptor ? { ...found, unknown: { trianglesHash, descriptor } } : found;
}
