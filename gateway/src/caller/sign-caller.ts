import type { KeyObject } from 'node:crypto';
import type { Claims } from '@alexandrite/auth/token';
import type { CallerBudget } from './caller.ts';

/** Signs who asks, for the subgraphs; gives the headers that say so. */
export type SignCaller = (claims: Claims | null, budget: CallerBudget) => Readonly<Record<string, string>>;

type Signed = ReturnType<SignCaller>;

/** What is signed lives for a minute: there is enough left of it for a slow request. */
const keptMs = 10_000;

/** What signs is loaded now, and only where it is needed. */
export async function signerOf(key: KeyObject): Promise<SignCaller> {
  const { gatewayContextHeader, signContext } = await import('@alexandrite/auth/gateway-context');
  return keepingSigner((claims, budget) => ({
    [gatewayContextHeader]: signContext(key, { claims, budget }),
  }));
}

/** Signs the same only now and then. A budget is another one with every request. */
export function keepingSigner(sign: SignCaller, now: () => number = () => performance.now()): SignCaller {
  const kept = new WeakMap<object, { signed: Signed; until: number }>();
  return (claims, budget) => {
    if (budget) return sign(claims, budget);
    const whose = claims ?? nobody;
    const known = kept.get(whose);
    if (known && now() < known.until) return known.signed;
    const signed = sign(claims, null);
    kept.set(whose, { signed, until: now() + keptMs });
    return signed;
  };
}

const nobody = {};
