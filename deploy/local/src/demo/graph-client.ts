import { setTimeout as delay } from 'node:timers/promises';
import type { Role } from '@alexandrite/auth/viewer';

export interface Person {
  role: Role;
  sub: string;
}

/** A refusal that the graph gives as a result; nothing was changed. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'Refused';
    this.code = code;
  }
}

const ATTEMPTS = 8;
const CALL_WITHIN_MS = 30_000;

/** The platform as its clients see it: one endpoint, a token for every person. */
export class GraphClient {
  readonly #url: string;
  readonly #sign: (person: Person) => Promise<string>;
  readonly #tokens = new Map<string, Promise<string>>();

  /** `url` is the platform's, without a path. */
  constructor(url: string, sign: (person: Person) => Promise<string>) {
    this.#url = url;
    this.#sign = sign;
  }

  /** The data of an answer without errors. What was throttled, or could not be reached, is asked again. */
  async ask<T>(person: Person, query: string, variables: Record<string, unknown>): Promise<T> {
    let reason: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await delay(250 * 2 ** (attempt - 1) * (0.5 + Math.random())); // 0.25, 0.5 … 16 s, jittered
      let answer: { data?: T; errors?: { message: string; extensions?: { code?: string } }[] };
      try {
        answer = await this.#post(person, query, variables);
      } catch (error) {
        reason = error;
        continue;
      }
      if (!answer.errors) return answer.data as T;
      reason = new Error(answer.errors.map((error) => error.message).join('; '));
      const code = answer.errors[0]?.extensions?.code;
      if (code !== 'THROTTLED' && code !== 'RATE_LIMITED') throw reason;
    }
    throw new Error(`gave up after ${ATTEMPTS} attempts: ${(reason as Error).message}`, { cause: reason });
  }

  /** Calls a mutation whose result is a union with `Refusal`. Throws `Refused`. */
  async mutate<T>(person: Person, mutation: string, variables: Record<string, unknown>): Promise<T> {
    const data = await this.ask<{ result: T & { code?: string; message?: string } }>(
      person,
      mutation,
      variables,
    );
    const { code, message } = data.result;
    if (code !== undefined) throw new Refused(code, message ?? '');
    return data.result;
  }

  /** Sends bytes to an upload URL, by way of the platform this client talks to. */
  async upload(uploadUrl: string, bytes: Uint8Array): Promise<void> {
    const { pathname, search } = new URL(uploadUrl, this.#url);
    const response = await fetch(new URL(pathname + search, this.#url), {
      method: 'PUT',
      body: Buffer.from(bytes),
      signal: AbortSignal.timeout(CALL_WITHIN_MS),
    });
    if (!response.ok)
      throw new Error(`the upload was answered with ${response.status}: ${await response.text()}`);
  }

  async #post(person: Person, query: string, variables: Record<string, unknown>) {
    const key = `${person.role} ${person.sub}`;
    const token = this.#tokens.get(key) ?? this.#sign(person);
    this.#tokens.set(key, token);
    const response = await fetch(new URL('/graphql', this.#url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(CALL_WITHIN_MS),
    });
    const text = await response.text();
    if (response.status >= 500) throw new Error(`${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }
}
