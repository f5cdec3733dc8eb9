import type { Language } from '../language/dictionary.ts';

/** Why there is no price, by the code that the graph gives beside its (English) sentence. */
const RUSSIAN: Record<string, string> = {
  FILE_EMPTY: 'Файл пуст.',
  FILE_TOO_LARGE: 'Файл слишком велик.',
  FILE_UNREADABLE: 'Не удалось прочитать файл.',
  FORMAT_UNKNOWN: 'Файл не является моделью STL, OBJ, PLY или 3MF.',
  FILE_TRUNCATED: 'Файл обрывается. Экспортируйте модель и отправьте её ещё раз.',
  FILE_DAMAGED: 'Файл повреждён.',
  INDEX_OUT_OF_RANGE: 'Файл повреждён: он ссылается на вершину, которой нет.',
  TOO_MANY_TRIANGLES: 'В модели слишком много треугольников.',
  TOO_MANY_SHELLS: 'Модель состоит из слишком многих отдельных оболочек.',
  NOT_FINITE: 'Одна из координат не является конечным числом.',
  COORDINATE_OUT_OF_RANGE: 'Одна из координат слишком велика.',
  MODEL_EMPTY: 'В файле нет поверхности: ни одного треугольника.',
  MESH_OPEN: 'В поверхности есть дыры. Объём есть только у замкнутой поверхности.',
  MESH_NOT_MANIFOLD: 'Поверхность противоречит сама себе: нельзя сказать, где внутри.',
  MESH_NOT_ORIENTABLE: 'У поверхности нет внутренней стороны.',
  NO_VOLUME: 'Модель плоская: она не ограничивает объём.',
  TIME_LIMIT: 'Не удалось измерить модель вовремя. Упростите её.',
  MEMORY_LIMIT: 'Для измерения модели нужно слишком много памяти. Упростите её.',
  PRICE_OUT_OF_RANGE: 'Изделие слишком велико, чтобы назвать цену: проверьте единицы измерения.',
};

const UNKNOWN = { en: 'The model could not be priced.', ru: 'Цену для этой модели рассчитать не удалось.' };

/** The reason in the language of the page; where that says less than the graph does, the graph's words beside it. */
export function reasonText(
  language: Language,
  code: string | null,
  reason: string | null,
): { sentence: string; detail: string | null } {
  if (language === 'en') return { sentence: reason ?? UNKNOWN.en, detail: null };
  if (reason !== null && /[а-яё]/i.test(reason)) return { sentence: reason, detail: null };
  return { sentence: (code && RUSSIAN[code]) || UNKNOWN.ru, detail: reason };
}
