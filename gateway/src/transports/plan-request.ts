import type { IncomingMessage } from 'node:http';
import type { Claims } from '@alexandrite/auth/token';
import { isDirectFromLoopback } from '@alexandrite/telemetry/operations-endpoints';
import type { PlanAudience } from './plan-audience.ts';

/** Asks for the plan: `true` beside the answer, `only` instead of it. */
export const planHeader = 'apollo-expose-query-plan';

/** Whether the plan is wanted beside the answer or instead of it, by somebody who may see it. */
export type WantedPlan = 'beside' | 'instead';

/** Undefined where nothing is wanted, or it is not for whoever asks: then nothing betrays that there is something. */
export type ReadWantedPlan = (request: IncomingMessage, claims: Claims | null) => WantedPlan | undefined;

export function readWantedPlan(
  audience: PlanAudience,
  isAdmin: (claims: Claims | null) => boolean,
): ReadWantedPlan {
  const maySee: Record<PlanAudience, (request: IncomingMessage, claims: Claims | null) => boolean> = {
    nobody: () => false,
    loopback: isFromHere,
    admins: (_, claims) => isAdmin(claims),
    everybody: () => true,
  };
  return (request, claims) => {
    const wanted = request.headers[planHeader];
    if (wanted === undefined || !maySee[audience](request, claims)) return undefined;
    if (wanted === 'true') return 'beside';
    return wanted === 'only' ? 'instead' : undefined;
  };
}

const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/** By one of this machine's names for itself, too: a foreign page can lead its own name here, but not one of these. */
function isFromHere(request: IncomingMessage): boolean {
  return isDirectFromLoopback(request) && loopbackHost.test(request.headers.host ?? '');
}
