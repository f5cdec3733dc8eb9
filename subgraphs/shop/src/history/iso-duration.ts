/** Milliseconds as an ISO 8601 duration with days at most, since a month has no length: `P1DT2H3M4.005S`. */
export function isoDuration(ms: number): string {
  const part = (amount: number, unit: string) => (amount > 0 ? `${amount}${unit}` : '');
  const days = part(Math.floor(ms / 86_400_000), 'D');
  const time =
    part(Math.floor(ms / 3_600_000) % 24, 'H') +
    part(Math.floor(ms / 60_000) % 60, 'M') +
    part((ms % 60_000) / 1_000, 'S');
  if (!days && !time) return 'PT0S';
  return `P${days}${time && `T${time}`}`;
}
