import type { GraphQLError } from 'graphql';
import type { Account } from '../budgets/audiences.ts';
import type { Admission, Budgets } from '../budgets/budgets.ts';
import type { Caller } from '../caller/caller.ts';
import { gatewayError } from '../errors.ts';
import type { Feed, FeedListener } from './feed.ts';
import { Mailbox, type Outlet } from './mailbox.ts';
import type { FeedMessage } from './message.ts';
import { Meter } from './meter.ts';
import type { SubscriptionMetrics } from './metrics.ts';

/** A client's end of a subscription, as its transport provides it. */
export interface Sink extends Outlet {
  /** The subscription is over: for a reason, or because there is nothing more to come. */
  end(errors: readonly GraphQLError[] | null): void;
}

/** A subscription as its transport holds it. */
export interface Subscription {
  /** The client can take more again. */
  drain(): void;
  /** The client has left, or is sent away; the sink hears nothing more. Idempotent. */
  close(): void;
}

export interface SubscriberOptions {
  field: string;
  caller: Caller;
  sink: Sink;
  maxBuffered: number;
  metrics: SubscriptionMetrics;
  /** Where the client has a budget: what the beginning has taken, and what takes the price of each event. */
  pricing: { admission: Admission; budgets: Budgets; account: Account } | undefined;
}

/** Timers of Node do not wait longer. */
const maxTimerMs = 2 ** 31 - 1;

/** One client of a feed: first the snapshot, then what is newer, until somebody ends it. */
export class Subscriber implements FeedListener, Subscription {
  readonly caller: Caller;
  readonly #options: SubscriberOptions;
  readonly #mailbox: Mailbox;
  readonly #meter: Meter | undefined;
  #feed: Feed | undefined;
  #position: number | null = null;
  /** Events that came while the snapshot was taken; null once it has been delivered. */
  #pending: FeedMessage[] | null = [];
  #expiry: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(options: SubscriberOptions) {
    this.caller = options.caller;
    this.#options = options;
    this.#mailbox = new Mailbox(options.sink, options.maxBuffered, (count) => {
      options.metrics.missed(options.field, count);
    });
    const { pricing, maxBuffered } = options;
    if (pricing) {
      const { budgets, account } = pricing;
      this.#meter = new Meter(
        this.#mailbox,
        (cost) => budgets.charge(account, cost),
        (error) => this.end(error),
        maxBuffered,
      );
    }
  }

  /** Joins the feed, and delivers the snapshot if the field has one. Rejects with GraphQLErrors. */
  async start(feed: Feed, withSnapshot: boolean): Promise<void> {
    this.#feed = feed;
    feed.join(this);
    this.#options.metrics.opened(this.#options.field);
    this.#watchExpiry();
    try {
      await feed.opened;
      const snapshot = withSnapshot && !this.#ended ? await feed.snapshots.fresh() : undefined;
      const cost = await this.#options.pricing?.admission.settle(snapshot?.cost() ?? 0);
      if (this.#ended) return;
      const pending = this.#pending ?? [];
      this.#pending = null;
      if (snapshot) {
        this.#position = snapshot.position;
        this.#mailbox.put(snapshot.message, cost && { cost });
      }
      for (const message of pending) if (this.wants(message.position)) this.#deliver(message);
    } catch (error) {
      await this.#options.pricing?.admission.settle(0);
      // Ended already: by the client, or by the feed, which has told the sink.
      if (this.#ended) return;
      this.close();
      throw error;
    }
  }

  wants(position: number | null): boolean {
    return !this.#ended && (position === null || this.#position === null || position > this.#position);
  }

  event(message: FeedMessage): void {
    if (!this.#pending) {
      this.#deliver(message);
      return;
    }
    this.#pending.push(message);
    if (this.#pending.length > this.#options.maxBuffered) {
      this.#pending.shift();
      this.#mailbox.missed({ missed: 1, reason: 'SLOW_SNAPSHOT' });
    }
  }

  missed(count: number): void {
    this.#mailbox.missed({ missed: count, reason: 'SLOW_GATEWAY' });
  }

  end(error: GraphQLError): void {
    if (this.#ended) return;
    this.close();
    this.#options.sink.end([error]);
  }

  drain(): void {
    this.#mailbox.drain();
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#expiry);
    this.#meter?.stop();
    if (!this.#feed) return;
    this.#options.metrics.closed(this.#options.field);
    this.#feed.leave(this);
  }

  #deliver(event: FeedMessage): void {
    if (event.position !== null) this.#position = event.position;
    if (this.#meter) this.#meter.put(event);
    else this.#mailbox.put(event.message);
  }

  #watchExpiry(): void {
    const expiresAt = this.caller.claims?.exp;
    if (expiresAt === undefined) return;
    const remaining = expiresAt * 1_000 - Date.now();
    this.#expiry = setTimeout(
      () => {
        if (remaining > maxTimerMs) this.#watchExpiry();
        else this.end(gatewayError('TOKEN_EXPIRED', 'The token has expired.'));
      },
      Math.min(Math.max(remaining, 0), maxTimerMs),
    );
    this.#expiry.unref();
  }
}
