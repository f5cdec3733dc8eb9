export type Language = 'en' | 'ru';

export type Words = Record<string, string | ((...values: never[]) => string)>;

/** The same words in the other language: the same keys, strings for strings, functions of the same values. */
export type SameWords<W extends Words> = {
  [Key in keyof W]: W[Key] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : string;
};

export interface Dictionary<W extends Words> {
  en: SameWords<W>;
  ru: SameWords<W>;
}

/** The words of one page or noun in both languages; a missing or additional key does not compile. */
export function dictionary<W extends Words>(en: W, ru: SameWords<NoInfer<W>>): Dictionary<W> {
  return { en: en as unknown as SameWords<W>, ru };
}

/** The form that goes with a number: Russian has three, English two (`few` is then never asked for). */
export function counted(
  language: Language,
  count: number,
  forms: { one: string; few?: string; many: string },
): string {
  const rule = new Intl.PluralRules(language).select(count);
  const form = rule === 'one' ? forms.one : rule === 'few' ? (forms.few ?? forms.many) : forms.many;
  return `${new Intl.NumberFormat(language).format(count)} ${form}`;
}
