import type { GraphQLError } from 'graphql';
import { gatewayError } from '../errors.ts';
import type { StreamPlace } from './cursor.ts';
import type { Mailbox, Outlet } from './mailbox.ts';
import type { FeedMessage } from './message.ts';
import { type Charge, maxWaitMs } from './meter.ts';

export interface WindowOptions {
  mailbox: Mailbox;
  outlet: Outlet;
  /** Messages that are with the client and that he has not acknowledged. */
  maxUnacknowledged: number;
  /** Messages that wait for their turn; what comes in addition is read from the stream again later. */
  maxBuffered: number;
  /** Takes the price of each event; absent where the client has no budget. */
  charge: Charge | undefined;
  onTooDear: (error: GraphQLError) => void;
  /** What waited has been given to the client, who takes more, and what comes behind it must be read again. */
  onCaughtUp: (behind: StreamPlace) => void;
}

/**
 * What a client who acknowledges is given: in the order of the stream, nothing left out. Whatever is too much for him
 * now, by his reading, his acknowledgements or his budget, comes later.
 */
export class Window {
  readonly #options: WindowOptions;
  readonly #waiting: FeedMessage[] = [];
  /** Sequences that are with the client, in their order. */
  #given: number[] = [];
  #behind: StreamPlace = { sequence: 0, position: null };
  #lagging = false;
  #charging = false;
  #timer: NodeJS.Timeout | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #stopped = false;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** Whether something was left out that will be read again: nothing new is wanted until then. */
  get lagging(): boolean {
    return this.#lagging;
  }

  get unacknowledged(): number {
    return this.#given.length;
  }

  /** Begins behind a place; what was under way before is nobody's business any more. */
  begin(behind: StreamPlace): void {
    this.#behind = behind;
    this.#waiting.length = 0;
    this.#given = [];
    this.#lagging = false;
    this.#tellRoom();
  }

  put(event: FeedMessage): void {
    if (this.#lagging) return;
    if (this.#waiting.length > this.#options.maxBuffered) {
      this.lose();
      return;
    }
    this.#waiting.push(event);
    this.#pump();
  }

  /** Something behind what waits has not come, or will not. */
  lose(): void {
    this.#lagging = true;
    this.#tellRoom();
    this.#pump();
  }

  /** The client has everything up to this sequence. */
  acknowledge(sequence: number): void {
    let count = 0;
    while (count < this.#given.length && this.#given[count]! <= sequence) count++;
    this.#given.splice(0, count);
    this.#pump();
  }

  /** The client reads again. */
  drain(): void {
    this.#pump();
  }

  /** Resolves when more may come without being left out; null when it may come now. */
  room(): Promise<void> | null {
    if (this.#stopped || this.#lagging || this.#waiting.length < this.#options.maxBuffered) return null;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
    this.#tellRoom();
  }

  get #isOpen(): boolean {
    const { mailbox, outlet, maxUnacknowledged } = this.#options;
    return (
      !this.#stopped &&
      !this.#charging &&
      !this.#timer &&
      this.#given.length < maxUnacknowledged &&
      mailbox.isEmpty &&
      outlet.writable()
    );
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#isOpen) {
      if (this.#options.charge) this.#take(this.#options.charge);
      else this.#give(this.#waiting[0]!, undefined);
    }
    if (!this.#lagging || this.#waiting.length > 0 || !this.#isOpen) return;
    this.#lagging = false;
    this.#options.onCaughtUp(this.#behind);
  }

  #give(event: FeedMessage, own: Record<string, unknown> | undefined): void {
    this.#waiting.shift();
    this.#given.push(event.sequence);
    this.#behind = { sequence: event.sequence, position: event.position ?? this.#behind.position };
    this.#options.mailbox.put(event.message, own);
    if (this.#waiting.length < this.#options.maxBuffered) this.#tellRoom();
  }

  /** Pays for the next event, or waits until it can be paid. */
  #take(charge: Charge): void {
    const event = this.#waiting[0]!;
    this.#charging = true;
    const { onTooDear } = this.#options;
    charge(event.cost())
      .then(
        ({ taken, waitMs, report }) => {
          this.#charging = false;
          // It began anew meanwhile.
          if (this.#stopped || this.#waiting[0] !== event) return;
          if (taken) this.#give(event, report && { cost: report });
          else if (waitMs > maxWaitMs) {
            const message = `An event costs ${event.cost()} points, more than the budget has.`;
            onTooDear(gatewayError('MAX_COST_EXCEEDED', message, { extensions: { cost: event.cost() } }));
          } else {
            this.#timer = setTimeout(() => {
              this.#timer = undefined;
              this.#pump();
            }, waitMs);
            this.#timer.unref();
          }
        },
        (error: unknown) => {
          this.#charging = false;
          onTooDear(gatewayError('INTERNAL_SERVER_ERROR', 'Something went wrong here.', { cause: error }));
        },
      )
      .finally(() => this.#pump());
  }

  #tellRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
