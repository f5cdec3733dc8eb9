/** A sentence for the customer in both languages. */
export interface Sentence {
  en: string;
  ru: string;
}

/** A place in the model, in mm, where the trouble can be seen. */
export type Place = readonly [number, number, number];

/**
 * Everything for which a model is refused: it has no volume, or reading it would cost more than a limit. What can be
 * priced but hardly made is no refusal but a finding. The last few are ours to answer for, not the model's.
 */
const catalogue = {
  FILE_EMPTY: () => ({ en: 'The file is empty.', ru: 'Файл пуст.' }),
  FILE_TOO_LARGE: (bytes: number, limit: number) => ({
    en: `The file has ${mebibytes(bytes)} MiB; the limit (maxBytes) is ${mebibytes(limit)} MiB.`,
    ru: `Размер файла ${mebibytes(bytes)} МиБ, предел (maxBytes) ${mebibytes(limit)} МиБ.`,
  }),
  FILE_UNREADABLE: (reason: string) => ({
    en: `The file could not be read: ${reason}.`,
    ru: `Не удалось прочитать файл: ${reason}.`,
  }),
  FORMAT_UNKNOWN: (looksLike: string | null) => ({
    en: `The file is no STL, OBJ, PLY or 3MF model${looksLike ? `: its content is ${looksLike}` : ''}.`,
    ru: `Файл не является моделью STL, OBJ, PLY или 3MF${looksLike ? `: это ${looksLike}` : ''}.`,
  }),
  FILE_TRUNCATED: (detail: string) => ({
    en: `The file ends too early: ${detail}. Please export and send it again.`,
    ru: `Файл обрывается (${detail}). Экспортируйте модель и отправьте её ещё раз.`,
  }),
  FILE_DAMAGED: (detail: string) => ({
    en: `The file is damaged: ${detail}.`,
    ru: `Файл повреждён (${detail}).`,
  }),
  INDEX_OUT_OF_RANGE: (where: string, index: number, vertices: number) => ({
    en: `The file is damaged: ${where} names vertex ${index}, but there are ${vertices}.`,
    ru: `Файл повреждён: ${where} ссылается на вершину ${index}, а вершин ${vertices}.`,
  }),
  TOO_MANY_TRIANGLES: (triangles: number, limit: number) => ({
    en: `The model has ${triangles} triangles or more; the limit (maxTriangles) is ${limit}.`,
    ru: `В модели ${triangles} треугольников или больше, предел (maxTriangles) ${limit}.`,
  }),
  TOO_MANY_SHELLS: (shells: number, limit: number) => ({
    en: `The model consists of ${shells} separate shells; the limit (maxShells) is ${limit}.`,
    ru: `Модель состоит из ${shells} отдельных оболочек, предел (maxShells) ${limit}.`,
  }),
  NOT_FINITE: (where: string) => ({
    en: `A coordinate is not a finite number (${where}).`,
    ru: `Координата не является конечным числом (${where}).`,
  }),
  COORDINATE_OUT_OF_RANGE: (value: number, limitMm: number) => ({
    en: `A coordinate is ${value} mm; at most ${limitMm} mm can be measured.`,
    ru: `Координата равна ${value} мм, измеримо не больше ${limitMm} мм.`,
  }),
  MODEL_EMPTY: () => ({
    en: 'The file holds no surface: there is not a single triangle in it.',
    ru: 'В файле нет поверхности: ни одного треугольника.',
  }),
  MESH_OPEN: (edges: number, place: Place) => ({
    en: `The surface has holes: ${edges} open edges, the first near ${at(place)} mm. Only a closed surface has a volume.`,
    ru: `В поверхности есть дыры: открытых рёбер ${edges}, первое около ${at(place)} мм. Объём есть только у замкнутой поверхности.`,
  }),
  MESH_NOT_MANIFOLD: (edges: number, place: Place) => ({
    en: `The surface contradicts itself: at ${edges} edges, the first near ${at(place)} mm, it cannot be told what is inside.`,
    ru: `Поверхность противоречит сама себе: у рёбер (${edges}), первое около ${at(place)} мм, нельзя сказать, где внутри.`,
  }),
  MESH_NOT_ORIENTABLE: (place: Place) => ({
    en: `The surface has no inside (like a Klein bottle), seen near ${at(place)} mm.`,
    ru: `У поверхности нет внутренней стороны (как у бутылки Клейна), видно около ${at(place)} мм.`,
  }),
  NO_VOLUME: () => ({
    en: 'The model is flat: it encloses no volume.',
    ru: 'Модель плоская: она не ограничивает объём.',
  }),
  TIME_LIMIT: (limitMs: number) => ({
    en: `The model could not be measured within ${limitMs / 1000} s (timeLimitMs). Please simplify it.`,
    ru: `Не удалось измерить модель за ${limitMs / 1000} с (timeLimitMs). Упростите её.`,
  }),
  MEMORY_LIMIT: (limitMb: number) => ({
    en: `Measuring the model needs more than ${limitMb} MB (memoryLimitMb). Please simplify it.`,
    ru: `Для измерения модели нужно больше ${limitMb} МБ (memoryLimitMb). Упростите её.`,
  }),
  MODEL_MISSING: () => ({
    en: 'The file of the model is no longer there. Please send it again.',
    ru: 'Файл модели не найден. Отправьте его, пожалуйста, ещё раз.',
  }),
  MODEL_QUARANTINED: () => ({
    en: 'Measuring this model has failed several times in a way that disturbs our machines, so it is set aside. Our engineers look at it; please send it in another form, or ask us.',
    ru: 'Измерение этой модели несколько раз обрывалось так, что мешало работе, поэтому она отложена. Её посмотрят инженеры; пришлите её в другом виде или спросите нас.',
  }),
  PRICING_FAULT: () => ({
    en: 'The price could not be calculated because of a fault on our side. We know of it and look into it.',
    ru: 'Не удалось рассчитать цену из-за неполадки у нас. Мы знаем о ней и разбираемся.',
  }),
  USAGE: (detail: string) => ({ en: detail, ru: detail }),
} satisfies Record<string, (...details: never[]) => Sentence>;

export type RefusalCode = keyof typeof catalogue;

/** A model that gets no price, and why. Deterministic: the same file is refused again. */
export class Refusal extends Error {
  readonly code: string;
  readonly text: Sentence;
  constructor(code: string, text: Sentence, options?: ErrorOptions) {
    super(text.en, options);
    this.name = 'Refusal';
    this.code = code;
    this.text = text;
  }
}

export function refuse<C extends RefusalCode>(
  code: C,
  ...details: Parameters<(typeof catalogue)[C]>
): Refusal {
  const sentence = catalogue[code] as (...details: unknown[]) => Sentence;
  return new Refusal(code, sentence(...details));
}

function at(place: Place): string {
  return `(${place.map((value) => Number(value.toPrecision(6))).join(', ')})`;
}

function mebibytes(bytes: number): number {
  return Number((bytes / 1_048_576).toPrecision(3));
}
