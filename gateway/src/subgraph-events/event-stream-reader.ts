import { StringDecoder } from 'node:string_decoder';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** `message` when the server does not say. */
  type: string;
  data: string;
}

/** Reads a `text/event-stream` as it comes in pieces. */
export class EventStreamReader {
  readonly #maxCharacters: number;
  readonly #onEvent: (event: StreamEvent) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  #type = '';
  #data: string[] = [];
  #length = 0;

  constructor(maxCharacters: number, onEvent: (event: StreamEvent) => void) {
    this.#maxCharacters = maxCharacters;
    this.#onEvent = onEvent;
  }

  /** Throws a RangeError when an event is longer than it may be. */
  write(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk);
    let from = 0;
    for (;;) {
      let to = from;
      while (to < text.length && text[to] !== '\n' && text[to] !== '\r') to++;
      // A carriage return at the end may be half of a line's end.
      if (to >= text.length || (text[to] === '\r' && to + 1 === text.length)) break;
      this.#line(text.slice(from, to));
      from = text[to] === '\r' && text[to + 1] === '\n' ? to + 2 : to + 1;
    }
    this.#rest = text.slice(from);
    if (this.#rest.length + this.#length > this.#maxCharacters) {
      throw new RangeError(`expected events of at most ${this.#maxCharacters} characters`);
    }
  }

  #line(line: string): void {
    if (line === '') {
      const event = { type: this.#type || 'message', data: this.#data.join('\n') };
      const isEvent = this.#type !== '' || this.#data.length > 0;
      this.#type = '';
      this.#data = [];
      this.#length = 0;
      if (isEvent) this.#onEvent(event);
      return;
    }
    const colon = line.indexOf(':');
    // What begins with a colon is a comment: a heartbeat.
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    this.#length += line.length;
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
  }
}
