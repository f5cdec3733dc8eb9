import type { Claims } from '@alexandrite/auth/token';
import type { FindAccount } from './audiences.ts';

/** What metrics call a caller: the name of his audience, `others` with a token and no audience, `anonymous` without. */
export type AudienceOf = (claims: Claims | null) => string;

export function createAudienceOf(find: FindAccount): AudienceOf {
  // A verified token is one object as long as it is shown: most requests have been seen before.
  const known = new WeakMap<Claims, string>();
  const anonymous = find(null)?.audience ?? 'anonymous';
  return (claims) => {
    if (claims === null) return anonymous;
    let name = known.get(claims);
    if (name === undefined) {
      name = find(claims)?.audience ?? 'others';
      known.set(claims, name);
    }
    return name;
  };
}
