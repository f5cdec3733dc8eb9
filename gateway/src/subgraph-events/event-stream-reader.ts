import { StringDecoder } from 'node:string_decoder';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  /** `message` when the server does not say. */
  type: string;
  data: string;
}

/** Reads a `text/event-stream` as it comes in pieces, whatever pieces they are. */
export class EventStreamReader {
  readonly #maxCharacters: number;
  readonly #onEvent: (event: StreamEvent) => void;
  readonly #decoder = new StringDecoder('utf8');
  /** Of a line whose end has not come, and how long they are. */
  #parts: string[] = [];
  #partsLength = 0;
  /** Whether a line feed would only be the second half of a line's end. */
  #returned = false;
  #type = '';
  #data: string[] = [];
  /** Of the lines of the event that has not ended. */
  #length = 0;

  constructor(maxCharacters: number, onEvent: (event: StreamEvent) => void) {
    this.#maxCharacters = maxCharacters;
    this.#onEvent = onEvent;
  }

  /** Throws a RangeError when an event is longer than it may be. */
  write(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    const ends = /\r\n|\n|\r/g;
    ends.lastIndex = this.#returned && text[0] === '\n' ? 1 : 0;
    if (text.length > 0) this.#returned = text.endsWith('\r');
    let from = ends.lastIndex;
    for (let end = ends.exec(text); end; end = ends.exec(text)) {
      this.#parts.push(text.slice(from, end.index));
      const line = this.#parts.length === 1 ? this.#parts[0]! : this.#parts.join('');
      this.#parts = [];
      this.#partsLength = 0;
      from = ends.lastIndex;
      this.#line(line);
    }
    if (from < text.length) this.#parts.push(text.slice(from));
    this.#partsLength += text.length - from;
    if (this.#length + this.#partsLength > this.#maxCharacters) {
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
    this.#length += line.length;
    const colon = line.indexOf(':');
    // What begins with a colon is a comment: a heartbeat.
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
  }
}
