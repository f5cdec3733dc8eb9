import type { Files } from '@alexandrite/files';
import type { PriceEstimate, PricingCalculated, PricingRequest } from '@alexandrite/schema/events';
import { type Language, type Tariff, tariffAt } from '@alexandrite/tariff';
import { checkOptions } from '@alexandrite/tariff/price';
import { estimatePrice, type MeasuredModel, type UnknownModel } from '../estimate-price.ts';
import type { Features, ModelFile } from '../features.ts';
import type { KnownModels } from '../identity/known-models.ts';
import type { Signature } from '../identity/signature.ts';
import type { SimilarModels } from '../identity/similar.ts';
import type { Limits } from '../limits.ts';
import type { Step } from '../measure-model.ts';
import { quote } from '../quote.ts';
import type { Pool } from '../worker/pool.ts';
import { readStoredFile } from './read-stored-file.ts';

export interface PricingDesk {
  files: Files;
  known: KnownModels;
  similar: SimilarModels<MeasuredModel>;
  pool: Pool;
  limits: Limits;
  tariffs: readonly Tariff[];
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
  const tariff = tariffAt(desk.tariffs, new Date(request.requestedAt));
  const { alloy, finish, quantity } = request;
  const options = { alloy, finish, quantity };
  checkOptions(tariff, options);
  const onUnknown = (model: UnknownModel) => {
    const estimate = estimatePrice(model, desk.similar, options, tariff, desk.language);
    if (estimate) onEstimate(estimate);
  };
  const { modelSha256 } = request;
  const { file, features, source } = await featuresOf(desk, modelSha256, { onStep, onUnknown }, signal);
  onStep('pricing');
  const result = quote(file, features, options, tariff, desk.language);
  return { result, source, wallMap: features.wallMap };
}

const sources = { triangles: 'CACHE_TRIANGLES', shape: 'CACHE_SHAPE' } as const;

async function featuresOf(
  { files, known, similar, pool, limits }: PricingDesk,
  sha256: string,
  { onStep, onUnknown }: { onStep: (step: Step) => void; onUnknown: (model: UnknownModel) => void },
  signal: AbortSignal,
): Promise<{ file: ModelFile; features: Features; source: PricingCalculated['source'] }> {
  const before = await known.byBytes(sha256);
  if (before) return { ...before, source: 'CACHE_BYTES' };
  const bytes = await readStoredFile(files, sha256, limits);
  const findKnown = (hash: string) => known.byTriangles(hash);
  const findShapes = (signature: Signature) => known.byShape(signature);
  const measured = await pool.run(bytes, { onStep, findKnown, findShapes, onUnknown, signal });
  const { file, features, trianglesHash, knownBy, shape, descriptor } = measured;
  if (file.sha256 !== sha256)
    throw new Error(`the bytes stored under ${sha256} are others: their sha256 is ${file.sha256}`);
  if (descriptor) {
    const { volumeMm3, areaMm2, wallQuantilesMm } = features;
    const like = { descriptor, volumeMm3, areaMm2, wallQuantilesMm };
    // Where its walls are says nothing about another model.
    similar.remember(trianglesHash, { ...like, features: { ...features, wallMap: null } });
  }
  await known.remember(file, trianglesHash, features, shape);
  return { file, features, source: knownBy ? sources[knownBy] : 'COMPUTED' };
}
