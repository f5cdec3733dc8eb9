/**
 * A carrier's tracking number as it is stored: 4 to 40 letters and digits, in capitals; spaces and dashes between groups
 * are kept. Null when it is none. Carriers differ too much to ask for more.
 */
export function trackingNumber(text: string): string | null {
  const tidy = text.trim().replaceAll(/\s+/g, ' ').toUpperCase();
  const signs = tidy.replaceAll(/[ -]/g, '');
  if (signs.length < 4 || tidy.length > 40) return null;
  return /^[A-Z0-9]+([ -][A-Z0-9]+)*$/.test(tidy) ? tidy : null;
}
