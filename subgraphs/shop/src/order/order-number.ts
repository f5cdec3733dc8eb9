import type { Tx } from '@alexandrite/database';

/** The next number for people: A-000123. A transaction that fails leaves a hole. */
export async function nextOrderNumber(tx: Tx): Promise<string> {
  const [row] = await tx.execute(`select nextval('order_numbers') as number`);
  return orderNumber(Number(row?.number));
}

export function orderNumber(number: number): string {
  return `A-${String(number).padStart(6, '0')}`;
}

/** A number as people type it, or null when it cannot be one. */
export function readOrderNumber(text: string): string | null {
  const match = /^\s*a-?0*([1-9][0-9]{0,14})\s*$/i.exec(text);
  return match ? orderNumber(Number(match[1])) : null;
}
