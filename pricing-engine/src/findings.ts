import type { Alloy, Tariff } from '@alexandrite/tariff';
import type { Features, ModelFile } from './features.ts';
import type { Print } from './measure/print.ts';
import { thinShare } from './measure/thickness.ts';
import type { Sentence } from './refusal.ts';

/** Something the customer should know about making the piece. A finding never refuses a price. */
export interface Finding {
  code: FindingCode;
  /** ERROR: it cannot be made like this. WARNING: it may come out other than drawn. INFO: good to know. */
  severity: 'INFO' | 'WARNING' | 'ERROR';
  text: Sentence;
}

export type FindingCode =
  | 'CLOSED_VOID'
  | 'THIN_WALL'
  | 'THIN_WIRE'
  | 'FINE_DETAIL'
  | 'TOO_LARGE_FOR_PRINTER'
  | 'TOO_LARGE_FOR_FLASK'
  | 'UNIT_DOUBTFUL'
  | 'SHELLS_OVERLAP'
  | 'SELF_CROSSING'
  | 'MODEL_REPAIRED'
  | 'FILE_ODD'
  | 'METAL_PRICE_STALE';

/** Walls thinner than the limit on so much of the area: some edge of every piece is thin, half of it is a fault. */
const thinIsWorthSaying = 0.01;
const thinIsTooMuch = 0.25;

/** A wire is held at its ends only: Shapeways asks for 1.0 mm where a wall of 0.8 would do. */
const wireFactor = 1.25;

/** Jewellery is between these; outside, the numbers in the file were hardly millimetres. */
const smallestMm = 2;
const largestMm = 250;

/** The feed of metals' prices has been silent for too long. */
export function staleMetal(asOf: string): Finding {
  return {
    code: 'METAL_PRICE_STALE',
    severity: 'INFO',
    text: {
      en: `No newer price of the metal has reached us than that of ${asOf}; it was used.`,
      ru: `Более новой цены металла, чем от ${asOf}, к нам не поступило; расчёт сделан по ней.`,
    },
  };
}

export function findingsOf(
  file: ModelFile,
  features: Features,
  print: Print,
  alloy: Alloy,
  tariff: Tariff,
): Finding[] {
  const findings: Finding[] = [];
  const add = (code: FindingCode, severity: Finding['severity'], en: string, ru: string) =>
    findings.push({ code, severity, text: { en, ru } });

  if (features.voids > 0)
    add(
      'CLOSED_VOID',
      'ERROR',
      `There are closed hollows inside (${features.voids}): the mould could not be emptied. Add an opening or fill them.`,
      `Внутри есть закрытые полости (${features.voids}): форму из них не удалить. Добавьте отверстие или заполните их.`,
    );
  const thin = thinShare(features.wallQuantilesMm, alloy.minWallMm) ?? 0;
  if (thin > thinIsWorthSaying) {
    const percent = Math.round(thin * 100);
    add(
      'THIN_WALL',
      thin > thinIsTooMuch ? 'ERROR' : 'WARNING',
      `${percent} % of the surface lies on walls thinner than the ${alloy.minWallMm} mm that ${alloy.label.en} needs.`,
      `${percent} % поверхности приходится на стенки тоньше ${alloy.minWallMm} мм, нужных для материала «${alloy.label.ru}».`,
    );
  }
  addWires(add, features, alloy);
  const finest = features.wallQuantilesMm[1];
  if (finest !== undefined && finest < tariff.printer.detailMm)
    add(
      'FINE_DETAIL',
      'WARNING',
      `Some details are finer than the ${tariff.printer.detailMm} mm that the printer resolves.`,
      `Некоторые детали мельче ${tariff.printer.detailMm} мм, которые различает принтер.`,
    );
  addSize(add, features, print, tariff);
  if (
    Math.abs(features.signedVolumeMm3 - features.volumeMm3) > 0.001 * features.volumeMm3 &&
    features.shells > 1
  )
    add(
      'SHELLS_OVERLAP',
      'INFO',
      `The model consists of ${features.shells} shells that overlap; they were united, so that no metal is charged twice.`,
      `Модель состоит из пересекающихся оболочек (${features.shells}); они объединены, чтобы не считать металл дважды.`,
    );
  if (features.crossing) addCrossing(add, features.crossing);
  if (Object.keys(features.repairs).length > 0)
    add(
      'MODEL_REPAIRED',
      'INFO',
      `The surface was repaired: ${listed(features.repairs)}.`,
      `Поверхность исправлена: ${listed(features.repairs)}.`,
    );
  if (file.oddities.length > 0)
    add(
      'FILE_ODD',
      'WARNING',
      `The file is unusual (${file.oddities.join(', ')}) but could be read in full. Please check the picture.`,
      `Файл необычен (${file.oddities.join(', ')}), но прочитан целиком. Проверьте изображение.`,
    );
  return findings;
}

type Add = (code: FindingCode, severity: Finding['severity'], en: string, ru: string) => void;

function addCrossing(add: Add, { twiceMm3 }: NonNullable<Features['crossing']>): void {
  if (twiceMm3 === null)
    add(
      'SELF_CROSSING',
      'WARNING',
      'The surface goes through itself. It counts as drawn; how much of the volume is wrong there could not be computed.',
      'Поверхность пересекает сама себя. Она посчитана как нарисована; насколько объём там неверен, вычислить не удалось.',
    );
  else {
    const shown = Number(twiceMm3.toPrecision(3));
    add(
      'SELF_CROSSING',
      'WARNING',
      `The surface goes through itself: ${shown} mm³ lie in it twice and are counted twice. Unite the parts that cross.`,
      `Поверхность пересекает сама себя: ${shown} мм³ лежат в ней дважды и посчитаны дважды. Объедините пересекающиеся части.`,
    );
  }
}

function addWires(add: Add, { wires }: Features, alloy: Alloy): void {
  const limit = Number((alloy.minWallMm * wireFactor).toPrecision(2));
  const thin = wires.areaShare * (thinShare(wires.quantilesMm, limit) ?? 0);
  if (thin <= thinIsWorthSaying) return;
  // One of ten is thinner: the very thinnest place is that of a sharp edge.
  const mm = Number(wires.quantilesMm[10]!.toPrecision(2));
  add(
    'THIN_WIRE',
    thin > thinIsTooMuch ? 'ERROR' : 'WARNING',
    `There are wires or pins of ${mm} mm; in ${alloy.label.en} they need ${limit} mm, or they may not fill or may break.`,
    `Есть проволока или штифты толщиной ${mm} мм; из материала «${alloy.label.ru}» нужно ${limit} мм, иначе они могут не пролиться или сломаться.`,
  );
}

function addSize(add: Add, features: Features, print: Print, { printer, flask }: Tariff): void {
  const box = features.boundingBoxMm.map((side) => Number(side.toPrecision(4)));
  const shown = box.join(' × ');
  const largest = Math.max(...box);
  const perhaps = (mm: number) => `${Number((largest * mm).toPrecision(3))} mm`;
  if (largest < smallestMm)
    add(
      'UNIT_DOUBTFUL',
      'WARNING',
      `Taken as millimetres the piece is only ${shown} mm. In inches it would be ${perhaps(25.4)}, in metres ${perhaps(1000)}.`,
      `Если это миллиметры, изделие всего ${shown} мм. Проверьте единицы измерения: дюймы или метры?`,
    );
  else if (largest > largestMm)
    add(
      'UNIT_DOUBTFUL',
      'WARNING',
      `Taken as millimetres the piece is ${shown} mm. Please check the unit.`,
      `Если это миллиметры, изделие ${shown} мм. Проверьте единицы измерения.`,
    );
  if (!print.fits)
    add(
      'TOO_LARGE_FOR_PRINTER',
      'ERROR',
      `The piece (${shown} mm) does not fit the printer: ${printer.plateMm.join(' × ')} mm, ${printer.maxHeightMm} mm high.`,
      `Изделие (${shown} мм) не помещается в принтер: ${printer.plateMm.join(' × ')} мм, высота ${printer.maxHeightMm} мм.`,
    );
  const [long, wide, narrow] = [...box].sort((a, b) => b - a) as [number, number, number];
  if (long > flask.heightMm || Math.hypot(wide, narrow) > flask.diameterMm)
    add(
      'TOO_LARGE_FOR_FLASK',
      'ERROR',
      `The piece (${shown} mm) does not fit the casting flask: ${flask.diameterMm} mm wide, ${flask.heightMm} mm high.`,
      `Изделие (${shown} мм) не помещается в опоку: диаметр ${flask.diameterMm} мм, высота ${flask.heightMm} мм.`,
    );
}

function listed(repairs: Features['repairs']): string {
  return Object.entries(repairs)
    .map(([repair, times]) => `${repair} ${times}`)
    .join(', ');
}
