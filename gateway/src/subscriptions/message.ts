import type { Result } from '../engine/engine.ts';
import { formatError } from '../errors.ts';

/** What of a stream the client has missed, and why. */
export interface Gap {
  /** Null when nobody knows. */
  missed: number | null;
  reason: string;
}

/** One result on its way to any number of clients: serialised once. */
export class Message {
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly #body: string;
  #json: string | undefined;

  constructor(result: Result, extensions: Readonly<Record<string, unknown>> = {}) {
    this.extensions = { ...result.extensions, ...extensions };
    const errors = result.errors?.length ? `"errors":${JSON.stringify(result.errors.map(formatError))}` : '';
    const data = result.data === undefined ? '' : `"data":${JSON.stringify(result.data)}`;
    this.#body = errors && data ? `${errors},${data}` : errors + data;
  }

  /** In characters, without the extensions. */
  get length(): number {
    return this.#body.length;
  }

  /** The execution result as JSON, with what only this client is told. */
  json(own?: Readonly<Record<string, unknown>>): string {
    if (own) return this.#with({ ...this.extensions, ...own });
    this.#json ??= this.#with(this.extensions);
    return this.#json;
  }

  #with(extensions: Readonly<Record<string, unknown>>): string {
    for (const _ in extensions) return `{${this.#body},"extensions":${JSON.stringify(extensions)}}`;
    return `{${this.#body}}`;
  }
}

/** What a feed has made of one event, or of the current state. */
export interface FeedMessage {
  message: Message;
  /** Of the event in its stream; of a snapshot: of the last event that it is known to include. */
  sequence: number;
  /** Null where the field has no position. */
  position: number | null;
  /** What it speaks of; absent where the field has no key, or the event none. */
  key?: string | undefined;
  /** What it costs a client who has a budget. */
  cost(): number;
}
