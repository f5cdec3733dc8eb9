import type { ServerResponse } from 'node:http';
import type { Claims } from '@alexandrite/auth/token';
import type { Caller } from '../caller/caller.ts';
import { deadlineOf } from '../caller/deadline.ts';

/** Who asks over HTTP for one answer. Nothing is listened to until somebody wants to know whether he is still there. */
export class HttpCaller implements Caller {
  readonly claims: Claims | null;
  readonly forwarded: Caller['forwarded'];
  readonly deadline: Caller['deadline'];
  readonly #response: ServerResponse;
  #gone: AbortController | undefined;

  constructor(claims: Claims | null, forwarded: Caller['forwarded'], response: ServerResponse) {
    this.claims = claims;
    this.forwarded = forwarded;
    this.deadline = deadlineOf(response.req.headers);
    this.#response = response;
  }

  get signal(): AbortSignal {
    if (!this.#gone) {
      const gone = new AbortController();
      this.#gone = gone;
      const response = this.#response;
      const onClose = () => {
        // Every response closes in the end; nobody has gone who has his answer.
        if (!response.writableEnded) gone.abort();
      };
      if (response.closed) onClose();
      else response.once('close', onClose);
    }
    return this.#gone.signal;
  }
}
