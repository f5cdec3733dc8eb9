import type { Cache } from '@alexandrite/cache';
import type { Log } from '@alexandrite/telemetry/log';
import type { GraphQLResolveInfo } from 'graphql';
import { getGraphQLRateLimiter } from 'graphql-rate-limit';
import { AtomicStore } from './atomic-store.ts';

const windowMs = 60_000; // 1 minute

/** Null: go on. Else how many seconds until the account may try again. */
export type SubmitLimit = (
  accountId: string,
  perMinute: number,
  info: GraphQLResolveInfo,
) => Promise<{ waitSeconds: number } | null>;

/** How often an account may submit orders, over all processes. Without the cache nobody is held up. */
export function submitLimit(cache: Cache, log: Log): SubmitLimit {
  const store = new AtomicStore(cache, windowMs);
  const limiter = getGraphQLRateLimiter({
    store,
    identifyContext: ({ accountId }: { accountId: string }) => accountId,
  });
  return async (accountId, perMinute, info) => {
    try {
      const exceeded = await limiter(
        { parent: undefined, args: {}, context: { accountId }, info },
        { max: perMinute, window: `${windowMs}ms` },
      );
      if (exceeded === undefined) return null;
      const remainingMs = await store.remainingMs({
        contextIdentity: accountId,
        fieldIdentity: info.fieldName,
      });
      return { waitSeconds: Math.max(1, Math.ceil(remainingMs / 1_000)) };
    } catch (error) {
      log.warn({ err: error, accountId }, 'submissions cannot be counted, this one goes through');
      return null;
    }
  };
}
