import type { Claims } from '@alexandrite/auth/token';

const keptMs = 60_000; // a minute: how long a key that its issuer has withdrawn may still count
const maxKept = 5_000;
const maxLength = 4_096; // characters; longer ones are verified each time
const clockToleranceMs = 5_000; // as whoever verifies has it

/**
 * Tokens that were verified lately are not verified again: a client sends the same one with every request. They count no
 * longer than they say themselves. One that is refused is never kept.
 */
export class VerifiedTokens {
  readonly #verify: (token: string) => Promise<Claims>;
  readonly #now: () => number;
  readonly #known = new Map<string, { claims: Promise<Claims>; until: number }>();

  /** `now` in milliseconds since 1970. */
  constructor(verify: (token: string) => Promise<Claims>, now: () => number = Date.now) {
    this.#verify = verify;
    this.#now = now;
  }

  /** The same object for the same token, as long as it is known. Rejects as `verify` does. */
  claimsOf(token: string): Promise<Claims> {
    const known = this.#known.get(token);
    if (known && this.#now() < known.until) return known.claims;
    const claims = this.#verify(token);
    if (token.length <= maxLength) this.#keep(token, claims);
    return claims;
  }

  #keep(token: string, claims: Promise<Claims>): void {
    const entry = { claims, until: this.#now() + keptMs };
    this.#known.delete(token);
    this.#known.set(token, entry);
    claims.then(
      ({ exp }) => {
        entry.until = Math.min(entry.until, exp * 1_000 + clockToleranceMs);
      },
      () => {
        if (this.#known.get(token) === entry) this.#known.delete(token);
      },
    );
    if (this.#known.size <= maxKept) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}
