import type { Claims } from '@alexandrite/auth/token';
import type { AudienceSettings } from '../config/settings.ts';
import { own } from '../execute/json.ts';

/** One caller's budget. */
export interface Account {
  /** What metrics call those that have such a budget. */
  audience: string;
  /** Whose bucket it is. */
  key: string;
  maximumAvailable: number;
  /** Points a second. */
  restoreRate: number;
  /** The most that one operation may cost. */
  maxCost: number;
  /** What the client may have and hear at a time. */
  quotas: AudienceSettings['quotas'];
}

/** The budget that a caller has, by the first audience that his claims fit; null for those without limits. */
export type FindAccount = (claims: Claims | null) => Account | null;

export function createFindAccount(audiences: readonly AudienceSettings[]): FindAccount {
  return (claims) => {
    for (const audience of audiences) {
      const fits = Object.entries(audience.when).every(
        ([name, values]) => claims !== null && values.includes(String(own(claims, name))),
      );
      const key = fits ? renderKey(audience.key, claims) : null;
      if (key === null) continue;
      const { maximumAvailable, restoreRate, quotas } = audience;
      return {
        audience: audience.name,
        key,
        maximumAvailable,
        restoreRate,
        maxCost: Math.min(audience.maxCost ?? maximumAvailable, maximumAvailable),
        quotas,
      };
    }
    return null;
  };
}

/** Null when a claim is missing: the caller has no bucket here. */
function renderKey(template: string, claims: Claims | null): string | null {
  let complete = true;
  const key = template.replace(/\{\{\s*claims\.(\w+)\s*\}\}/g, (_, name: string) => {
    const value = claims === null ? undefined : own(claims, name);
    if (value === undefined || value === null || value === '') complete = false;
    return String(value);
  });
  return complete ? key : null;
}
