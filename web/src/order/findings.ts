import type { Language } from '../language/dictionary.ts';

/** What a finding is about, by its code; the platform's sentence with the numbers is English. */
const RUSSIAN: Record<string, string> = {
  CLOSED_VOID: 'Внутри есть закрытые полости: форму из них не удалить. Добавьте отверстие или заполните их.',
  THIN_WALL: 'Часть стенок тоньше, чем нужно этому сплаву.',
  FINE_DETAIL: 'Некоторые детали мельче, чем различает принтер.',
  TOO_LARGE_FOR_PRINTER: 'Изделие не помещается в принтер.',
  TOO_LARGE_FOR_FLASK: 'Изделие не помещается в опоку для литья.',
  UNIT_DOUBTFUL: 'Размер необычен. Проверьте единицы измерения: дюймы или метры?',
  SHELLS_OVERLAP:
    'Модель состоит из пересекающихся оболочек; они объединены, чтобы не считать металл дважды.',
  SELF_CROSSING:
    'Поверхность пересекает сама себя: часть объёма посчитана дважды. Объедините пересекающиеся части.',
  MODEL_REPAIRED: 'Поверхность модели была исправлена.',
  FILE_ODD: 'Файл необычен, но прочитан целиком. Проверьте изображение.',
};

/** A finding in the language of the page; where that leaves out the numbers, the platform's sentence beside it. */
export function findingText(
  language: Language,
  finding: { code: string; message: string },
): { sentence: string; detail: string | null } {
  const russian = RUSSIAN[finding.code];
  if (language === 'en' || russian === undefined || /[а-яё]{3}/i.test(finding.message))
    return { sentence: finding.message, detail: null };
  return { sentence: russian, detail: finding.message };
}
