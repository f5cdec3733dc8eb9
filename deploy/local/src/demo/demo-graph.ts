import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import { GraphClient } from './graph-client.ts';

const TTL_SECONDS = 86_400; // a day: longer than any sowing

/** A client of the platform at `url` that can be anybody. */
export function demoGraph(url: string, authSecret: string): GraphClient {
  const key = sharedKey(authSecret, 'AUTH_SECRET');
  return new GraphClient(url, ({ role, sub }) => signToken(key, { role, sub }, TTL_SECONDS));
}
