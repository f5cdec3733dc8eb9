import type { Tx } from '@alexandrite/database';
import type { Channel } from '@alexandrite/schema/events';
import type { Buyer } from './who-may.ts';

export function channelOf(buyer: Buyer): Channel {
  return buyer.role === 'partner' ? 'B2B' : 'B2C';
}

/** A customer exists from the first thing they do. */
export async function rememberCustomer(tx: Tx, buyer: Buyer): Promise<void> {
  await tx.execute(
    'insert into customers (id, channel, created_at) values (?, ?, now()) on conflict (id) do nothing',
    [buyer.sub, channelOf(buyer)],
  );
}
