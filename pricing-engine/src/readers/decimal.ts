const powers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

const ZERO = 48;
const NINE = 57;

/**
 * The number written in `bytes[start, end)`, correctly rounded, or NaN where it is none. Decimal text in bytes is most
 * of an ASCII model: making a string of each number first would be several times slower. Up to 15 digits and a power of
 * ten up to 22 are exact in one multiplication or division; the rest goes through `Number`.
 */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let negative = false;
  const sign = bytes[at];
  if (sign === 45 || sign === 43) {
    negative = sign === 45;
    at++;
  }
  let mantissa = 0;
  let digits = 0;
  let seen = 0;
  let scale = 0;
  for (; at < end; at++) {
    const digit = bytes[at]!;
    if (digit < ZERO || digit > NINE) break;
    mantissa = mantissa * 10 + (digit - ZERO);
    if (mantissa !== 0) digits++;
    seen++;
  }
  if (at < end && (bytes[at] === 46 || bytes[at] === 44)) {
    at++;
    for (; at < end; at++) {
      const digit = bytes[at]!;
      if (digit < ZERO || digit > NINE) break;
      mantissa = mantissa * 10 + (digit - ZERO);
      if (mantissa !== 0) digits++;
      seen++;
      scale--;
    }
  }
  if (seen === 0) return Number.NaN;
  if (at < end) {
    const mark = bytes[at]! | 32;
    if (mark !== 101 && mark !== 100) return Number.NaN; // e, or Fortran's d
    at++;
    let down = false;
    if (bytes[at] === 45 || bytes[at] === 43) {
      down = bytes[at] === 45;
      at++;
    }
    if (at >= end) return Number.NaN;
    let exponent = 0;
    for (; at < end; at++) {
      const digit = bytes[at]!;
      if (digit < ZERO || digit > NINE) return Number.NaN;
      exponent = Math.min(exponent * 10 + (digit - ZERO), 100_000);
    }
    scale += down ? -exponent : exponent;
  }
  if (mantissa === 0) return 0;
  if (digits > 15 || scale > 22 || scale < -22) return slowly(bytes, start, end);
  const value = scale < 0 ? mantissa / powers[-scale]! : mantissa * powers[scale]!;
  return negative ? -value : value;
}

function slowly(bytes: Uint8Array, start: number, end: number): number {
  let text = '';
  for (let at = start; at < end && at < start + 400; at++) text += String.fromCharCode(bytes[at]!);
  return Number(text.replace(',', '.').replace(/d/i, 'e'));
}
