import { setTimeout as delay } from 'node:timers/promises';
import { streams } from '@alexandrite/schema/subjects';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { Dice } from '../harness/dice.ts';

const DELAY_MS = [200, 5_000] as const; // 200 milliseconds to 5 seconds
const REPEATED = ['ORDERS', 'PRICING_REQUESTS', 'PRICING_RESULTS', 'REQUESTS'];

/**
 * Publishes a share of all messages once more, later and out of order, with the id they had: what a relay does that is
 * killed between publishing and noting it. The broker's own memory of ids is made short, so that it does not help.
 */
export class Repeater implements AsyncDisposable {
  /** Copies that the broker took for new messages. */
  repeated = 0;
  readonly #connection: NatsConnection;
  readonly #dice: Dice;
  readonly #share: number;
  readonly #stop = new AbortController();
  readonly #late = new Set<Promise<void>>();

  private constructor(connection: NatsConnection, dice: Dice, share: number) {
    this.#connection = connection;
    this.#dice = dice;
    this.#share = share;
  }

  static async start(url: string, dice: Dice, share: number): Promise<Repeater> {
    const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
    const repeater = new Repeater(connection, dice, share);
    const manager = await jetstreamManager(connection);
    for (const { name, subjects } of streams.filter((stream) => REPEATED.includes(stream.name))) {
      await manager.streams.update(name, { duplicate_window: 100_000_000 }); // 100 milliseconds in nanoseconds
      for (const subject of subjects) {
        connection.subscribe(subject, { callback: (_error, message) => repeater.#onMessage(message) });
      }
    }
    return repeater;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#late);
    await this.#connection.close();
  }

  #onMessage(message: Msg): void {
    const isCopy = message.headers?.has('Chaos-Copy');
    if (isCopy || this.#stop.signal.aborted || this.#dice.next() >= this.#share) return;
    const copying = this.#publishLater(message).finally(() => this.#late.delete(copying));
    this.#late.add(copying);
  }

  async #publishLater({ subject, data, headers }: Msg): Promise<void> {
    try {
      await delay(this.#dice.between(...DELAY_MS), undefined, { signal: this.#stop.signal });
      headers?.set('Chaos-Copy', '1');
      const { duplicate } = await jetstream(this.#connection).publish(subject, data, { headers });
      if (!duplicate) this.repeated += 1;
    } catch {
      // The broker is away, or the run is over: one copy fewer, and only copies that arrived are counted.
    }
  }
}
