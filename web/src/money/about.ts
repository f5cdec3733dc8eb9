import type { Language } from '../language/dictionary.ts';
import { money } from './money.ts';

export interface Band {
  totalMinor: number;
  lowestMinor: number;
  highestMinor: number;
}

/** An amount with three digits of its own and no kopecks: no estimate knows more. */
export function about(language: Language, minor: number, currency: string): string {
  const whole = Math.round(minor / 100);
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(whole)))) - 2);
  return money(language, Math.round(whole / unit) * unit * 100, currency).replace(/[.,]00(?!\d)/, '');
}

/** Percent that the exact total may be above or below, the larger of both, never told too small. */
export function bandPercent({ totalMinor, lowestMinor, highestMinor }: Band): number {
  const most = Math.max(highestMinor - totalMinor, totalMinor - lowestMinor);
  return Math.max(1, Math.ceil((100 * most) / totalMinor));
}
