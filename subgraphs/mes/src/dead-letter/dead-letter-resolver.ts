import type { Viewer } from '@alexandrite/auth/viewer';
import { isRefusal, type Refusal, refusal } from '@alexandrite/baton/refusal';
import { CodedError } from '@alexandrite/subgraph/coded-error';
import { connection, pageRequest } from '@alexandrite/subgraph/connection';
import type { MesContext } from '../mes-context.ts';
import { DeadLetterRecord, type DeadLetterState } from './dead-letter.ts';
import { listDeadLetters, readActions } from './list-dead-letters.ts';
import { type Decision, settleDeadLetter } from './settle-dead-letter.ts';

const longestReason = 1_000; // characters
/** What one replay of "all" does at most. */
const mostAtOnce = 500;

interface OfLetter {
  id: string;
  reason?: string | null;
}

function isAdmin(viewer: Viewer | null): viewer is Viewer {
  return viewer?.role === 'admin';
}

async function settle(
  { viewer, deadLetters }: MesContext,
  id: string,
  action: Decision['action'],
  reason: string | null | undefined,
): Promise<DeadLetterRecord | Refusal> {
  if (!viewer) return refusal('UNAUTHENTICATED', 'Sign in first.');
  if (!isAdmin(viewer)) return refusal('FORBIDDEN', 'Only administrators decide on dead letters.');
  const why = reason?.trim().replaceAll('\0', '') || null;
  if (why !== null && why.length > longestReason) {
    throw new CodedError(
      'BAD_USER_INPUT',
      `reason: expected at most ${longestReason} characters, got ${why.length}`,
    );
  }
  if (action === 'DISCARDED' && why === null) {
    throw new CodedError('BAD_USER_INPUT', 'reason: expected why the letter is thrown away, got nothing');
  }
  const number = letterNumber(id);
  if (number === null) return refusal('NOT_FOUND', 'There is no such dead letter.');
  return settleDeadLetter(deadLetters, number, { action, by: viewer.sub, why });
}

function letterNumber(id: string): number | null {
  return /^[1-9][0-9]{0,15}$/.test(id) ? Number(id) : null;
}

export const deadLetterResolvers = {
  Query: {
    deadLetters: async (
      _: unknown,
      args: { first?: number; after?: string; durable?: string | null; state: DeadLetterState },
      { viewer, database }: MesContext,
    ) => {
      if (!isAdmin(viewer)) return null;
      const page = pageRequest(args, ['number']);
      const filter = { durable: args.durable ?? null, state: args.state };
      return connection(await listDeadLetters(database, filter, page), page, ({ id }) => [Number(id)]);
    },
    deadLetter: (_: unknown, { id }: OfLetter, { viewer, database }: MesContext) => {
      const number = letterNumber(id);
      return isAdmin(viewer) && number !== null ? database.em().findOne(DeadLetterRecord, number) : null;
    },
  },
  Mutation: {
    replayDeadLetter: (_: unknown, { id, reason }: OfLetter, context: MesContext) =>
      settle(context, id, 'REPLAYED', reason),
    discardDeadLetter: (_: unknown, { id, reason }: OfLetter, context: MesContext) =>
      settle(context, id, 'DISCARDED', reason),
    replayDeadLetters: async (
      _: unknown,
      { durable = null, reason }: { durable?: string | null; reason?: string | null },
      context: MesContext,
    ) => {
      if (!context.viewer) throw new CodedError('UNAUTHENTICATED', 'sign in first');
      if (!isAdmin(context.viewer))
        throw new CodedError('FORBIDDEN', 'only administrators decide on dead letters');
      const filter = { durable, state: 'WAITING' } as const;
      const letters = await listDeadLetters(context.database, filter, { after: null, limit: mostAtOnce });
      let replayed = 0;
      // oldest first, as they came
      for (const { id } of letters.reverse()) {
        if (!isRefusal(await settle(context, String(id), 'REPLAYED', reason))) replayed++;
      }
      return { replayed, refused: letters.length - replayed };
    },
  },
  DeadLetterResult: {
    __resolveType: (value: unknown) => (isRefusal(value) ? 'Refusal' : 'DeadLetter'),
  },
  DeadLetter: {
    order: ({ orderId }: DeadLetterRecord, _: unknown, { orders }: MesContext) =>
      orderId === null ? null : orders.load(orderId),
    headers: ({ headers }: DeadLetterRecord) => JSON.stringify(headers),
    payload: ({ payload }: DeadLetterRecord) => JSON.stringify(payload),
    actions: ({ id }: DeadLetterRecord, _: unknown, { database }: MesContext) =>
      readActions(database, Number(id)),
  },
};
