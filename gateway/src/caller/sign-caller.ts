import type { KeyObject } from 'node:crypto';
import type { Claims } from '@alexandrite/auth/token';
import type { CallerBudget } from './caller.ts';

/** Signs who asks, for the subgraphs; resolves with the headers that say so. */
export type SignCaller = (
  claims: Claims | null,
  budget: CallerBudget,
) => Promise<Readonly<Record<string, string>>>;

/** What signs is loaded now, and only where it is needed. */
export async function signerOf(key: KeyObject): Promise<SignCaller> {
  const { gatewayContextHeader, signContext } = await import('@alexandrite/auth/gateway-context');
  return async (claims, budget) => ({ [gatewayContextHeader]: await signContext(key, { claims, budget }) });
}
