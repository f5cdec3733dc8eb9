import type { ServerResponse } from 'node:http';
import type { Claims } from '@alexandrite/auth/token';
import type { Caller } from '../caller/caller.ts';
import type { CallerSignal } from '../caller/caller-signal.ts';
import { deadlineOf } from '../caller/deadline.ts';

/** Who asks over HTTP for one answer, and whether he still waits for it. */
export class HttpCaller implements Caller {
  readonly claims: Claims | null;
  readonly forwarded: Caller['forwarded'];
  readonly deadline: Caller['deadline'];
  readonly signal: Caller['signal'];

  constructor(claims: Claims | null, forwarded: Caller['forwarded'], response: ServerResponse) {
    this.claims = claims;
    this.forwarded = forwarded;
    this.deadline = deadlineOf(response.req.headers);
    this.signal = new Waiting(response);
  }
}

class Waiting implements CallerSignal {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Every response closes in the end; nobody has gone who has his answer. */
  get aborted(): boolean {
    return this.#response.closed && !this.#response.writableEnded;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#response.once('close', () => {
      if (this.aborted) listener();
    });
  }
}
