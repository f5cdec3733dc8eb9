/** A place in PostgreSQL's write-ahead log: what comes later is larger. */
export type Lsn = bigint;

/** `16/B374D848` */
export function readLsn(text: string): Lsn {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
  if (!match) throw new TypeError(`expected a log sequence number, got ${JSON.stringify(text)}`);
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}
