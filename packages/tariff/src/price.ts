import { explain, type Spoken } from './explain.ts';
import { halfEven } from './half-even.ts';
import { metalNeed } from './metal.ts';
import { type PriceLineCode, priceLineLabels } from './price-line.ts';
import { type Contract, type Label, type Tariff, TariffError } from './tariff.ts';

type Sentence = (say: Spoken) => string;

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
  /** To be set in each piece. Default: none. */
  stones?: number;
  /** What was agreed with the partner who asks, by `contractAt`. Default: nothing. */
  contract?: Contract | null;
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
  /** The day of the metal's price, YYYY-MM-DD. */
  metalAsOf: string;
}

export interface PriceLine {
  code: PriceLineCode;
  label: Label;
  /** How it came about, for the customer. */
  explanation: Label;
  amountMinor: number;
}

/** Margins, with what was agreed: as factors. */
function factorsOf(tariff: Tariff, contract: Contract | null) {
  const { workPercent, metalPercent } = contract?.margins ?? tariff.margins;
  return { work: 1 + workPercent / 100, trade: 1 + metalPercent / 100 };
}

/**
 * The price of a quantity of one piece. Pure: the same piece, options and tariff give the same kopecks.
 * Each line is rounded by itself, half to even, and the total is the sum of the rounded lines.
 * Throws `TariffError` UNKNOWN_ALLOY, UNKNOWN_FINISH, INVALID_QUANTITY, INVALID_STONES or PRICE_OUT_OF_RANGE.
 */
export function price(tariff: Tariff, piece: Piece, options: PriceOptions): Quote {
  checkOptions(tariff, options);
  const { alloy, finish, quantity, stones = 0, contract = null } = options;
  const metal = tariff.alloys[alloy]!;
  const surface = tariff.finishes[finish]!;
  const { metals, currency, printer } = tariff;
  const fixing = metals[metal.metal]!;

  const need = metalNeed(piece.volumeMm3, piece.areaMm2, metal, surface, tariff.casting);
  const gramMinor = fixing.minorPerGram * metal.purity * (1 + metal.premiumPercent / 100);
  const resinCm3 = (piece.volumeMm3 + piece.supportMm3) / 1000;
  const areaCm2 = piece.areaMm2 / 100;
  const plates = Math.ceil(quantity / piece.piecesPerPlate);
  const { work, trade } = factorsOf(tariff, contract);

  const lines: PriceLine[] = [];
  const add = (code: PriceLineCode, amount: number, en: Sentence, ru: Sentence) => {
    const amountMinor = halfEven(amount);
    if (amountMinor === 0) return;
    lines.push({ code, label: priceLineLabels[code], explanation: explain(currency, en, ru), amountMinor });
  };
  add(
    'SETUP',
    tariff.setupMinor * work,
    () => 'once for the order, however many pieces',
    () => 'один раз на заказ, сколько бы ни было изделий',
  );
  add(
    'RESIN',
    resinCm3 * tariff.resinMinorPerCm3 * quantity * work,
    (say) =>
      `${say.number(resinCm3)} cm³ a piece with its supports, ${say.money(tariff.resinMinorPerCm3 * work)} a cm³`,
    (say) =>
      `${say.number(resinCm3)} см³ на изделие с поддержками, ${say.money(tariff.resinMinorPerCm3 * work)} за см³`,
  );
  add(
    'PRINTING',
    (plates * piece.plateSeconds * printer.minorPerHour * work) / 3600,
    (say) =>
      `runs of the printer: ${plates}, ${say.span(piece.plateSeconds)} each, ${say.money(printer.minorPerHour * work)} an hour`,
    (say) =>
      `запусков принтера: ${plates}, по ${say.span(piece.plateSeconds)}, ${say.money(printer.minorPerHour * work)} в час`,
  );
  add(
    'METAL',
    need.finishedGrams * gramMinor * quantity * trade,
    (say) =>
      `${say.number(need.finishedGrams)} g a piece, ${say.money(gramMinor * trade)} a gram, by the metal's price of ${fixing.asOf}`,
    (say) =>
      `${say.number(need.finishedGrams)} г на изделие, ${say.money(gramMinor * trade)} за грамм, по цене металла от ${fixing.asOf}`,
  );
  add(
    'METAL_LOSS',
    need.pouredGrams * (metal.lossPercent / 100) * gramMinor * quantity * trade,
    (say) =>
      `${say.number(metal.lossPercent)} % of the ${say.number(need.pouredGrams)} g that are poured for a piece, sprue included`,
    (say) =>
      `${say.number(metal.lossPercent)} % от ${say.number(need.pouredGrams)} г, которые заливаются на изделие вместе с литником`,
  );
  add(
    'CASTING',
    metal.castingFeeMinor * quantity * work,
    (say) => `${say.money(metal.castingFeeMinor * work)} a piece`,
    (say) => `${say.money(metal.castingFeeMinor * work)} за изделие`,
  );
  add(
    'FINISHING',
    (areaCm2 * surface.minorPerCm2 + surface.minorPerPiece) * quantity * work,
    (say) =>
      `${say.number(areaCm2)} cm² a piece, ${say.money(surface.minorPerCm2 * work)} a cm², and ${say.money(surface.minorPerPiece * work)} a piece`,
    (say) =>
      `${say.number(areaCm2)} см² на изделие, ${say.money(surface.minorPerCm2 * work)} за см², и ${say.money(surface.minorPerPiece * work)} за изделие`,
  );
  add(
    'SETTING',
    stones * tariff.settingMinorPerStone * quantity * work,
    (say) => `stones in a piece: ${stones}, ${say.money(tariff.settingMinorPerStone * work)} each`,
    (say) => `камней в изделии: ${stones}, по ${say.money(tariff.settingMinorPerStone * work)}`,
  );
  const minimum = contract?.minimumUnitMinor ?? tariff.minimumUnitMinor;
  add(
    'MINIMUM',
    Math.max(0, minimum * quantity - sum(lines)),
    (say) => `no piece costs less than ${say.money(minimum)} before discounts and VAT`,
    (say) => `изделие стоит не меньше ${say.money(minimum)} до скидок и НДС`,
  );
  const { from, percent } = tariff.quantityBreaks.findLast((step) => step.from <= quantity)!;
  add(
    'QUANTITY_DISCOUNT',
    (-sum(lines) * percent) / 100,
    (say) => `${say.number(percent)} % from ${from} pieces on`,
    (say) => `${say.number(percent)} % от ${from} изделий`,
  );
  if (contract)
    add(
      'CONTRACT_DISCOUNT',
      (-sum(lines) * contract.discountPercent) / 100,
      (say) => `${say.number(contract.discountPercent)} % by the contract ${contract.number}`,
      (say) => `${say.number(contract.discountPercent)} % по договору ${contract.number}`,
    );
  const net = sum(lines);
  const vatMinor = halfEven((net * tariff.vatPercent) / 100);
  const vat = explain(
    currency,
    (say) => `${say.number(tariff.vatPercent)} % of ${say.money(net)}`,
    (say) => `${say.number(tariff.vatPercent)} % от ${say.money(net)}`,
  );
  lines.push({ code: 'VAT', label: priceLineLabels.VAT, explanation: vat, amountMinor: vatMinor });

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
      metalAsOf: fixing.asOf,
    },
  };
}

/** Throws `TariffError` when `price` would not accept these options; costs nothing, so ask before measuring. */
export function checkOptions(tariff: Tariff, { alloy, finish, quantity, stones = 0 }: PriceOptions): void {
  known(tariff.alloys, alloy, 'UNKNOWN_ALLOY', { en: 'alloy', ru: 'сплав' });
  known(tariff.finishes, finish, 'UNKNOWN_FINISH', { en: 'finish', ru: 'обработка' });
  checkQuantity(quantity, tariff.maxQuantity);
  checkStones(stones);
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

/** A ring of pavé has some hundreds. */
const mostStones = 2_000;

function checkStones(stones: number): void {
  if (Number.isSafeInteger(stones) && stones >= 0 && stones <= mostStones) return;
  throw new TariffError('INVALID_STONES', {
    en: `The number of stones must be a whole number from 0 to ${mostStones}, got ${stones}.`,
    ru: `Число камней должно быть целым от 0 до ${mostStones}, получено ${stones}.`,
  });
}

function sum(lines: readonly PriceLine[]): number {
  return lines.reduce((total, line) => total + line.amountMinor, 0);
}
