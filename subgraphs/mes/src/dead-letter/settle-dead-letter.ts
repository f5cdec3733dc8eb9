import type { SystemQuestions } from '@alexandrite/baton/ask-systems';
import { type Refusal, Refused, refusal } from '@alexandrite/baton/refusal';
import type { Database, Tx } from '@alexandrite/database';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { Outbox } from '@alexandrite/outbox';
import type { System } from '@alexandrite/schema/order-status';
import { pricingDurables } from '@alexandrite/schema/subjects';
import type { Log } from '@alexandrite/telemetry/log';
import { LockMode } from '@mikro-orm/core';
import { DeadLetterRecord } from './dead-letter.ts';

export interface DeadLetterDesk {
  database: Database;
  outbox: Outbox;
  questions: SystemQuestions;
  log: Log;
}

export interface Decision {
  action: 'REPLAYED' | 'DISCARDED';
  by: string;
  why: string | null;
}

const outboxOf: Readonly<Record<string, System>> = {
  'shop-outbox': 'SHOP',
  'crm-outbox': 'CRM',
  'mes-outbox': 'MES',
};
const pricing: readonly string[] = Object.values(pricingDurables);

/**
 * Does what somebody has decided about a letter, and writes down who, when, why and what came of it, in one transaction with
 * the message that leaves. A letter that is not, or no longer, waiting is left alone.
 */
export async function settleDeadLetter(
  desk: DeadLetterDesk,
  id: number,
  decision: Decision,
): Promise<DeadLetterRecord | Refusal> {
  const { database, log } = desk;
  const letter = await database.em().findOne(DeadLetterRecord, id);
  if (!letter) return refusal('NOT_FOUND', 'There is no such dead letter.');
  if (letter.state !== 'WAITING') return settled(letter);
  const elsewhere = await settleElsewhere(desk, letter, decision);
  if (elsewhere === null) {
    return refusal('SYSTEM_SILENT', 'The system whose message it is does not answer: try again.');
  }
  try {
    return await database.transaction(async (tx) => {
      const locked = await tx.findOneOrFail(DeadLetterRecord, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (locked.state !== 'WAITING') throw new Refused(settled(locked).code, settled(locked).message);
      const outcome = elsewhere ?? (await settleHere(desk, tx, locked, decision));
      locked.state = decision.action;
      locked.settledAt = new Date();
      await tx.execute(
        'insert into dead_letter_actions (letter_id, action, by, why, outcome) values (?, ?, ?, ?, ?)',
        [id, decision.action, decision.by, decision.why, outcome],
      );
      log.info({ letter: id, durable: letter.durable, ...decision, outcome }, 'a dead letter was decided on');
      return locked;
    });
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function settled({ state }: DeadLetterRecord): Refusal {
  return refusal('ALREADY_SETTLED', `The letter was ${state.toLowerCase()} before.`);
}

/** What came of it where another system has to do it; undefined: none has to. Null: it did not answer. */
async function settleElsewhere(
  { questions, database }: DeadLetterDesk,
  letter: DeadLetterRecord,
  { action, by, why }: Decision,
): Promise<string | null | undefined> {
  const system = outboxOf[letter.durable];
  if (system) {
    const kind = action === 'REPLAYED' ? 'RELEASE_PARKED' : 'DISCARD_PARKED';
    const answer = await questions.ask(system, { kind, outboxId: String(letter.sequence) });
    return answer && (answer.done?.[0] ?? 'NOT_THERE_ANY_MORE');
  }
  if (action === 'DISCARDED' || !pricing.includes(letter.durable) || letter.orderId === null)
    return undefined;
  // its customer was told that there is no price: another attempt begins where the order stands now
  const [order] = await database.em().execute('select status from orders where id = ?', [letter.orderId]);
  if (order?.status !== 'PRICE_FAILED') return undefined;
  const answer = await questions.ask('SHOP', { kind: 'RESUBMIT', orderId: letter.orderId, by, reason: why });
  return answer && (answer.done?.[0] ?? 'NOT_POSSIBLE_ANY_MORE');
}

async function settleHere(
  { outbox }: DeadLetterDesk,
  tx: Tx,
  letter: DeadLetterRecord,
  { action }: Decision,
): Promise<string> {
  if (action === 'DISCARDED') return 'DISCARDED';
  await outbox.append(tx, {
    subject: letter.subject,
    payload: letter.payload,
    // its own id was seen by the stream, and perhaps by an inbox
    messageId: `replay-${uuidV7()}`,
    orderingKey: letter.orderId ?? `dead-letter-${letter.id}`,
  });
  return 'PUBLISHED_AGAIN';
}
