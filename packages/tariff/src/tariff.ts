/**
 * What things cost: data with a version and a day from which it holds. Money is in minor units (kopecks), lengths in mm,
 * masses in grams. A price is reproducible from the features of a model and a tariff version, so a tariff that has been
 * quoted from is never edited: a change is a new file with a new `validFrom`.
 */
export interface Tariff {
  version: string;
  validFrom: Date;
  /** ISO 4217. */
  currency: string;
  vatPercent: number;
  metals: Readonly<Record<string, MetalPrice>>;
  alloys: Readonly<Record<string, Alloy>>;
  finishes: Readonly<Record<string, Finish>>;
  /** Once for an order: checking the model, preparing the tray and the flask. */
  setupMinor: number;
  resinMinorPerCm3: number;
  casting: {
    /** Of the cast mass. */
    spruePercent: number;
    /** Of the poured tree. */
    buttonPercent: number;
  };
  printer: Printer;
  /** The largest tree that fits, for the finding about size. */
  flask: { diameterMm: number; heightMm: number };
  /** Added to cost: to metal, and to everything else. */
  margins: { workPercent: number; metalPercent: number };
  /** For each stone that is set. */
  settingMinorPerStone: number;
  /** Before discount and VAT. */
  minimumUnitMinor: number;
  /** Ascending by `from`, the first from 1. */
  quantityBreaks: readonly { from: number; percent: number }[];
  maxQuantity: number;
  /** Of partners, by account; none for everybody else. */
  contracts: Readonly<Record<string, readonly Contract[]>>;
}

/** What was agreed with one partner, from one instant to another. What it leaves out is as for everybody. */
export interface Contract {
  /** As it is called between the two. */
  number: string;
  validFrom: Date;
  /** Null: until it is ended by another version. */
  validUntil: Date | null;
  margins?: Tariff['margins'];
  minimumUnitMinor?: number;
  /** After the discount for quantity. */
  discountPercent: number;
}

/** Of the fine metal. */
export interface MetalPrice {
  minorPerGram: number;
  /** The day of the fixing, YYYY-MM-DD. */
  asOf: string;
}

export interface Alloy {
  label: Label;
  /** A key of `metals`. */
  metal: string;
  /** 0 to 1. */
  purity: number;
  /** What the alloy costs above its fine content. */
  premiumPercent: number;
  densityGcm3: number;
  castingFeeMinor: number;
  /** Of the poured metal, gone for good. */
  lossPercent: number;
  /** Thinner than this does not fill reliably. */
  minWallMm: number;
}

export interface Finish {
  label: Label;
  minorPerCm2: number;
  minorPerPiece: number;
  /** What the finish takes off each surface. */
  skinMm: number;
}

/** Print time is `layers · (exposure + tilt + secondsPerLayerMm · layer) + fixed`: PrusaSlicer's law for SLA. */
export interface Printer {
  layerMm: number;
  exposureSeconds: number;
  tiltSeconds: number;
  secondsPerLayerMm: number;
  fixedSeconds: number;
  /** The part stands on supports of this height, those on a pad. */
  elevationMm: number;
  padMm: number;
  minorPerHour: number;
  plateMm: readonly [number, number];
  maxHeightMm: number;
  /** Between two parts on the plate. */
  gapMm: number;
  /** The smallest detail it resolves. */
  detailMm: number;
}

export interface Label {
  en: string;
  ru: string;
}

export type Language = keyof Label;

export type TariffErrorCode =
  | 'INVALID_TARIFF'
  | 'INVALID_METAL_PRICES'
  | 'NO_TARIFF'
  | 'UNKNOWN_ALLOY'
  | 'UNKNOWN_FINISH'
  | 'INVALID_QUANTITY'
  | 'INVALID_STONES'
  | 'PRICE_OUT_OF_RANGE';

/** `text` is for the customer where the code is a refusal. */
export class TariffError extends Error {
  readonly code: TariffErrorCode;
  readonly text: Label;
  constructor(code: TariffErrorCode, text: Label, options?: ErrorOptions) {
    super(text.en, options);
    this.name = 'TariffError';
    this.code = code;
    this.text = text;
  }
}

/** What was agreed with an account and holds at an instant; null for those without. The latest of several. */
export function contractAt({ contracts }: Tariff, account: string | null, at: Date): Contract | null {
  if (account === null || !Object.hasOwn(contracts, account)) return null;
  const holds = ({ validFrom, validUntil }: Contract) =>
    validFrom <= at && (validUntil === null || at < validUntil);
  return contracts[account]!.findLast(holds) ?? null;
}

/** The tariff that holds at an instant; `tariffs` as `loadTariffs` returns them. Throws `NO_TARIFF` before the first. */
export function tariffAt(tariffs: readonly Tariff[], at: Date): Tariff {
  const found = tariffs.findLast((tariff) => tariff.validFrom.getTime() <= at.getTime());
  if (found) return found;
  const day = at.toISOString();
  throw new TariffError('NO_TARIFF', {
    en: `No tariff holds at ${day}; the first begins ${tariffs[0]?.validFrom.toISOString() ?? 'never'}.`,
    ru: `На ${day} нет тарифа.`,
  });
}
