import type { FeedMessage } from './message.ts';

/** The last messages of a feed, for those who come back a moment later. */
export class History {
  readonly #messages: FeedMessage[] = [];
  readonly #limit: number;
  #characters = 0;
  #floor: number;
  #last: number;

  /** `startedAfter`: the sequence behind which the feed has begun to listen; `limit`: characters of JSON to keep. */
  constructor(startedAfter: number, limit: number) {
    this.#floor = startedAfter;
    this.#last = startedAfter;
    this.#limit = limit;
  }

  /** The sequence of the last event that was handled. */
  get last(): number {
    return this.#last;
  }

  add(message: FeedMessage): void {
    this.#messages.push(message);
    this.#last = message.sequence;
    this.#characters += message.message.length;
    while (this.#characters > this.#limit) {
      const oldest = this.#messages.shift()!;
      this.#characters -= oldest.message.length;
      this.#floor = oldest.sequence;
    }
  }

  /** An event that nobody needed and that was not made into a message: those who need it must look elsewhere. */
  pass(sequence: number): void {
    this.#messages.length = 0;
    this.#characters = 0;
    this.#floor = sequence;
    this.#last = sequence;
  }

  /** An event that nobody who shares this history will ever need. */
  skip(sequence: number): void {
    this.#last = sequence;
  }

  knows(sequence: number): boolean {
    return sequence >= this.#floor;
  }

  /** Everything behind a sequence; null when not all of it is here. */
  since(sequence: number): FeedMessage[] | null {
    if (!this.knows(sequence)) return null;
    return this.#messages.filter((message) => message.sequence > sequence);
  }
}
