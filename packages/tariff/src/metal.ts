import type { Alloy, Finish, Tariff } from './tariff.ts';

export interface MetalNeed {
  /** What comes out of the mould. The printed pattern is scaled against shrinkage, so this is the nominal mass. */
  castGrams: number;
  /** After finishing has taken its skin off. */
  finishedGrams: number;
  /** With sprue and button: what has to be melted. */
  pouredGrams: number;
}

/** A skin of both sides of a thin wall must not take more than the wall. */
const most = 0.5;

/**
 * Metal for one piece. The skin goes by area: a flat percentage explains neither a thin ring (17 %) nor a heavy band
 * (8 %), area times depth explains both.
 */
export function metalNeed(
  volumeMm3: number,
  areaMm2: number,
  alloy: Alloy,
  finish: Finish,
  casting: Tariff['casting'],
): MetalNeed {
  const gramsPerMm3 = alloy.densityGcm3 / 1000;
  const castGrams = volumeMm3 * gramsPerMm3;
  const skinGrams = Math.min(areaMm2 * finish.skinMm * gramsPerMm3, castGrams * most);
  const pouredGrams = castGrams * (1 + casting.spruePercent / 100) * (1 + casting.buttonPercent / 100);
  return { castGrams, finishedGrams: castGrams - skinGrams, pouredGrams };
}
