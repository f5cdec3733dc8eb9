import type { Label, Language } from './tariff.ts';

/** How numbers and money are written in both languages. */
export interface Spoken {
  /** Minor units, as money. */
  money(minor: number): string;
  number(value: number, digits?: number): string;
  /** Seconds, in hours and minutes. */
  span(seconds: number): string;
}

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', ru: 'ru-RU' };
const units: Readonly<Record<Language, readonly [hours: string, minutes: string]>> = {
  en: ['h', 'min'],
  ru: ['ч', 'мин'],
};

/** The same sentence in both languages, with its numbers written as they are there. */
export function explain(currency: string, en: (say: Spoken) => string, ru: (say: Spoken) => string): Label {
  return { en: en(spoken('en', currency)), ru: ru(spoken('ru', currency)) };
}

const known = new Map<string, Spoken>();

/** Formats cost more to make than to use. */
function spoken(language: Language, currency: string): Spoken {
  const name = `${language} ${currency}`;
  let found = known.get(name);
  if (!found) {
    found = makeSpoken(language, currency);
    known.set(name, found);
  }
  return found;
}

function makeSpoken(language: Language, currency: string): Spoken {
  const locale = locales[language];
  const money = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  const minorUnits = 10 ** (money.resolvedOptions().maximumFractionDigits ?? 2);
  const numbers = [0, 1, 2, 3].map(
    (digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }),
  );
  const [h, min] = units[language];
  return {
    money: (minor) => money.format(minor / minorUnits),
    number: (value, digits = 2) => numbers[digits]!.format(value),
    span: (seconds) => {
      const minutes = Math.max(1, Math.round(seconds / 60));
      const hours = Math.floor(minutes / 60);
      return hours > 0 ? `${hours} ${h} ${minutes % 60} ${min}` : `${minutes} ${min}`;
    },
  };
}
