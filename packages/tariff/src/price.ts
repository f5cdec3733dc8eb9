import { halfEven } from './half-even.ts';
import { metalNeed } from './metal.ts';
import { type PriceLineCode, priceLineLabels } from './price-line.ts';
import { type Label, type Tariff, TariffError } from './tariff.ts';

/** What a price needs to know of one piece. */
export interface Piece {
  /** Of the united shells, voids subtracted. */
  volumeMm3: number;
  areaMm2: number;
  /** Resin beside the piece itself: supports and pad. */
  supportMm3: number;
  /** One run of the plate. */
  plateSeconds: number;
  /** How many pieces a run prints. */
  piecesPerPlate: number;
}

export interface PriceOptions {
  alloy: string;
  finish: string;
  quantity: number;
}

export interface Quote {
  metal: { alloy: string; densityGcm3: number; castGrams: number; finishedGrams: number };
  price: Price;
}

export interface Price {
  currency: string;
  /** They sum to `totalMinor` exactly, the VAT among them. */
  lines: PriceLine[];
  /** One piece, VAT included: total ÷ quantity, rounded. */
  unitMinor: number;
  /** VAT included. */
  totalMinor: number;
  vatMinor: number;
  tariffVersion: string;
}

export interface PriceLine {
  code: PriceLineCode;
  label: Label;
  amountMinor: number;
}

/**
 * The price of a quantity of one piece. Pure: the same piece, options and tariff give the same kopecks.
 * Each line is rounded by itself, half to even, and the total is the sum of the rounded lines.
 * Throws `TariffError` UNKNOWN_ALLOY, UNKNOWN_FINISH, INVALID_QUANTITY or PRICE_OUT_OF_RANGE.
 */
export function price(tariff: Tariff, piece: Piece, { alloy, finish, quantity }: PriceOptions): Quote {
  const metal = known(tariff.alloys, alloy, 'UNKNOWN_ALLOY', { en: 'alloy', ru: 'сплав' });
  const surface = known(tariff.finishes, finish, 'UNKNOWN_FINISH', { en: 'finish', ru: 'обработка' });
  checkQuantity(quantity, tariff.maxQuantity);

  const need = metalNeed(piece.volumeMm3, piece.areaMm2, metal, surface, tariff.casting);
  const gramMinor =
    tariff.metals[metal.metal]!.minorPerGram * metal.purity * (1 + metal.premiumPercent / 100);
  const resinCm3 = (piece.volumeMm3 + piece.supportMm3) / 1000;
  const plates = Math.ceil(quantity / piece.piecesPerPlate);
  const work = 1 + tariff.margins.workPercent / 100;
  const trade = 1 + tariff.margins.metalPercent / 100;

  const lines: PriceLine[] = [];
  const add = (code: PriceLineCode, amount: number) => {
    const amountMinor = halfEven(amount);
    if (amountMinor !== 0) lines.push({ code, label: priceLineLabels[code], amountMinor });
  };
  add('SETUP', tariff.setupMinor * work);
  add('RESIN', resinCm3 * tariff.resinMinorPerCm3 * quantity * work);
  add('PRINTING', (plates * piece.plateSeconds * tariff.printer.minorPerHour * work) / 3600);
  add('METAL', need.finishedGrams * gramMinor * quantity * trade);
  add('METAL_LOSS', need.pouredGrams * (metal.lossPercent / 100) * gramMinor * quantity * trade);
  add('CASTING', metal.castingFeeMinor * quantity * work);
  add('FINISHING', ((piece.areaMm2 / 100) * surface.minorPerCm2 + surface.minorPerPiece) * quantity * work);
  add('MINIMUM', Math.max(0, tariff.minimumUnitMinor * quantity - sum(lines)));
  const percent = tariff.quantityBreaks.findLast((step) => step.from <= quantity)!.percent;
  add('QUANTITY_DISCOUNT', (-sum(lines) * percent) / 100);
  const net = sum(lines);
  const vatMinor = halfEven((net * tariff.vatPercent) / 100);
  lines.push({ code: 'VAT', label: priceLineLabels.VAT, amountMinor: vatMinor });

  const totalMinor = net + vatMinor;
  if (!Number.isSafeInteger(totalMinor))
    throw new TariffError('PRICE_OUT_OF_RANGE', {
      en: 'The piece is too large to have a price: check the unit of the model.',
      ru: 'Изделие слишком велико, чтобы назвать цену: проверьте единицы измерения модели.',
    });
  return {
    metal: {
      alloy,
      densityGcm3: metal.densityGcm3,
      castGrams: need.castGrams,
      finishedGrams: need.finishedGrams,
    },
    price: {
      currency: tariff.currency,
      lines,
      unitMinor: halfEven(totalMinor / quantity),
      totalMinor,
      vatMinor,
      tariffVersion: tariff.version,
    },
  };
}

/** Throws `TariffError` when `price` would not accept these options; costs nothing, so ask before measuring. */
export function checkOptions(tariff: Tariff, { alloy, finish, quantity }: PriceOptions): void {
  known(tariff.alloys, alloy, 'UNKNOWN_ALLOY', { en: 'alloy', ru: 'сплав' });
  known(tariff.finishes, finish, 'UNKNOWN_FINISH', { en: 'finish', ru: 'обработка' });
  checkQuantity(quantity, tariff.maxQuantity);
}

function known<T>(
  entries: Readonly<Record<string, T>>,
  code: string,
  error: 'UNKNOWN_ALLOY' | 'UNKNOWN_FINISH',
  what: Label,
): T {
  const found = Object.hasOwn(entries, code) ? entries[code] : undefined;
  if (found) return found;
  const codes = Object.keys(entries).join(', ');
  const given = code.slice(0, 60);
  throw new TariffError(error, {
    en: `The ${what.en} "${given}" is not known; expected one of ${codes}.`,
    ru: `Неизвестный код (${what.ru}): «${given}»; возможны ${codes}.`,
  });
}

function checkQuantity(quantity: number, most: number): void {
  if (Number.isSafeInteger(quantity) && quantity >= 1 && quantity <= most) return;
  throw new TariffError('INVALID_QUANTITY', {
    en: `The quantity must be a whole number from 1 to ${most}, got ${quantity}.`,
    ru: `Количество должно быть целым числом от 1 до ${most}, получено ${quantity}.`,
  });
}

function sum(lines: readonly PriceLine[]): number {
  return lines.reduce((total, line) => total + line.amountMinor, 0);
}
