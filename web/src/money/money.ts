import type { Language } from '../language/dictionary.ts';

/**
 * An amount in the currency's smallest unit (kopecks, cents; yen have none) as people write it. The decimal is made of
 * digits, not by dividing, so that nothing up to 2^53 - 1 is rounded.
 */
export function money(language: Language, minor: number, currency: string): string {
  if (!Number.isSafeInteger(minor)) throw new Error(`expected whole minor units, got ${minor}`);
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const padded = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = padded.slice(0, padded.length - digits);
  const fraction = padded.slice(padded.length - digits);
  const decimal = `${minor < 0 ? '-' : ''}${whole}${digits > 0 ? `.${fraction}` : ''}`;
  return format.format(decimal as Intl.StringNumericLiteral);
}
