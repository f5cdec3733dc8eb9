import type { Language } from './dictionary.ts';

export function dateTime(language: Language, instant: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  );
}

export function date(language: Language, instant: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(instant));
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A span for people: its largest units, "2 hr 5 min", or only the first of them; below ten seconds with a tenth. */
export function span(language: Language, seconds: number, units: 1 | 2 = 2): string {
  const say = (value: number, unit: string, digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  if (seconds < 10) return say(seconds, 'second', 1);
  let rest = Math.round(seconds);
  const first = UNITS.findIndex(([, size]) => rest >= size);
  const parts: string[] = [];
  for (const [unit, size] of UNITS.slice(first, first + units)) {
    const value = Math.floor(rest / size);
    rest -= value * size;
    if (value > 0) parts.push(say(value, unit));
  }
  return parts.join(' ');
}

export function number(language: Language, value: number, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}
