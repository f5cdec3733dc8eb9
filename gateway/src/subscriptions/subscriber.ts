import { currentTrace } from '@alexandrite/telemetry/trace';
import type { GraphQLError } from 'graphql';
import type { Admission, CostReport } from '../budgets/budgets.ts';
import type { Caller } from '../caller/caller.ts';
import { gatewayError } from '../errors.ts';
import type { StreamPlace } from './cursor.ts';
import type { OpenDurable } from './durables.ts';
import type { Feed, FeedListener } from './feed.ts';
import { Mailbox, type Outlet } from './mailbox.ts';
import type { FeedMessage, Gap } from './message.ts';
import { type Charge, Meter } from './meter.ts';
import type { SubscriptionMetrics } from './metrics.ts';
import { audienceOf } from './origin-of.ts';
import { Pace } from './pace.ts';
import { Window } from './window.ts';

/** A client's end of a subscription, as its transport provides it. */
export interface Sink extends Outlet {
  /** The subscription is over: for a reason, or because there is nothing more to come. */
  end(errors: readonly GraphQLError[] | null): void;
  /** What the client knows may be old, or is not any more. Absent where a transport has no words for it. */
  stale?(stale: boolean): void;
  /** Calls back when all that was written has left this process, or never will. Absent where `write` waits for nothing. */
  whenSent?(callback: () => void): void;
}

/** A subscription as its transport holds it. */
export interface Subscription {
  /** The client can take more again. */
  drain(): void;
  /** The client has left, or is sent away; the sink hears nothing more. Idempotent. */
  close(): void;
  /** The client has shown another token. Absent where that does not matter. */
  renew?(caller: Caller): void;
}

export interface SubscriberOptions {
  field: string;
  caller: Caller;
  sink: Sink;
  maxBuffered: number;
  /** Messages a second; null: as they come. */
  maxRate: number | null;
  metrics: SubscriptionMetrics;
  /** Where the client has a budget: what the beginning has taken, and what takes the price of each event. */
  pricing: { admission: Admission; charge: Charge } | undefined;
  /** Called once, when it has ended. */
  onEnded: (() => void) | undefined;
  /** Where the client was when he lost us. */
  resume: StreamPlace | undefined;
  /** Whether the client wants messages that say how the subscription fares, without data. */
  notices: boolean;
  /** He was here before, and nobody can say where. */
  lost: boolean;
  /** Where he acknowledges what he is given. */
  durable: OpenDurable | undefined;
}

/** The feed to listen to: the one of all, or one of those who resume behind the same sequence. */
export type OpenFeed = (after?: number) => Feed;

/** Events kept while a snapshot is taken: those of a feed's history, and some that come meanwhile. */
const maxPending = 256;
/** Timers of Node do not wait longer. */
const maxTimerMs = 2 ** 31 - 1;

/** One client of a feed: first the snapshot, then what is newer, until somebody ends it. */
export class Subscriber implements FeedListener, Subscription {
  caller: Caller;
  /** In which the client has subscribed. */
  readonly trace = currentTrace();
  readonly #options: SubscriberOptions;
  readonly #mailbox: Mailbox;
  readonly #meter: Meter | undefined;
  readonly #pace: Pace | undefined;
  /** Instead of both, for those who acknowledge. */
  readonly #window: Window | undefined;
  #openFeed: OpenFeed | undefined;
  /** More came than was kept before it was delivered, and the stream has it still. */
  #overflowed = false;
  #feed: Feed | undefined;
  #position: number | null = null;
  #sequence = -1;
  /** Not all of what the client has missed can be had. */
  #lost = false;
  /** Events that came while the snapshot was taken; null once it has been delivered. */
  #pending: FeedMessage[] | null = [];
  #maxPending = maxPending;
  #expiry: NodeJS.Timeout | undefined;
  #opened = false;
  #ended = false;
  /** The source has ended; what waits for the client is still to be sent. */
  #completing = false;

  constructor(options: SubscriberOptions) {
    this.caller = options.caller;
    this.#options = options;
    const { pricing, maxBuffered, maxRate } = options;
    this.#mailbox = new Mailbox(options.sink, maxBuffered, options.metrics.tally(options.field));
    if (options.lost) this.#mailbox.missed({ missed: null, reason: 'NOT_RESUMABLE' });
    if (options.durable) {
      this.#window = this.#openWindow(options.durable);
      return;
    }
    if (maxRate !== null) {
      this.#pace = new Pace(
        maxRate,
        maxBuffered,
        (message) => this.#pass(message),
        (gap) => this.#mailbox.missed(gap),
      );
    }
    if (pricing) {
      this.#meter = new Meter(this.#mailbox, pricing.charge, (error) => this.end([error]), maxBuffered);
    }
  }

  /**
   * Joins a feed. The client gets what he missed when he resumes, else the snapshot if the field has one; a snapshot is
   * taken in any case, since it says whether the caller may see this. Rejects with GraphQLErrors.
   */
  async start(openFeed: OpenFeed, withSnapshot: boolean): Promise<void> {
    // The client was faster: what is not opened need not be closed, only the price is given back.
    if (this.#ended) {
      await this.#giveBack();
      return;
    }
    this.#opened = true;
    this.#options.metrics.opened(this.#options.field);
    this.#watchExpiry();
    const { resume, durable } = this.#options;
    if (durable) this.#openFeed = openFeed;
    try {
      let feed = await this.#join(openFeed, resume);
      if (!feed) {
        await this.#giveBack();
        return;
      }
      const snapshot = withSnapshot ? await feed.snapshots.fresh() : undefined;
      const cost = await this.#options.pricing?.admission.settle(snapshot?.cost() ?? 0);
      if (this.#ended) return;
      if (durable) {
        const place = resume && !this.#lost ? resume : (snapshot ?? { sequence: feed.last, position: null });
        const { sequence, position } = place;
        this.#window?.begin({ sequence, position });
        if (place !== resume) await durable.begin({ sequence, position });
        if (this.#ended) return;
      }
      while (this.#overflowed && !durable && !this.#lost) {
        this.#overflowed = false;
        this.#pending = [];
        feed = await this.#join(openFeed, resume);
        if (!feed) return;
      }
      if (!resume || this.#lost) this.#begin(snapshot, cost);
      else this.#options.metrics.tally(this.#options.field).resumed++;
      this.#deliverPending();
      if (feed.stale) this.stale(true);
      feed.begin();
    } catch (error) {
      await this.#giveBack();
      // Ended already: by the client, or by the feed, which has told the sink.
      if (this.#ended) return;
      this.close();
      throw error;
    }
  }

  /** Nothing was delivered. */
  async #giveBack(): Promise<void> {
    await this.#options.pricing?.admission.settle(0);
  }

  /** Null when the subscription has ended meanwhile. */
  async #join(openFeed: OpenFeed, resume: StreamPlace | undefined): Promise<Feed | null> {
    if (this.#ended) return null;
    if (!resume) {
      const feed = openFeed();
      this.#enter(feed);
      await feed.opened;
      return this.#ended ? null : feed;
    }
    const { sequence } = resume;
    let feed: Feed;
    let missed: FeedMessage[] | null;
    do {
      feed = openFeed(sequence);
      this.#enter(feed);
      await feed.opened;
      if (this.#ended) return null;
      missed = feed.since(sequence);
      // Others may have been there before, and gone on too far meanwhile.
    } while (!missed && feed.startedAfter <= sequence);
    this.#lost = missed === null;
    this.#sequence = resume.sequence;
    this.#position = resume.position;
    this.#pending = [...(missed ?? [])];
    this.#maxPending = this.#pending.length + maxPending;
    return feed;
  }

  #enter(feed: Feed): void {
    const before = this.#feed;
    this.#feed = feed;
    feed.join(this);
    if (before !== feed) before?.leave(this);
  }

  /** Begins with the current state; whoever resumes too late is told what is lost, as far as it is known. */
  #begin(snapshot: FeedMessage | undefined, cost: CostReport | undefined): void {
    const before = this.#position;
    if (this.#lost) {
      const after = snapshot?.position;
      const missed =
        before === null || after === null || after === undefined ? null : Math.max(0, after - before - 1);
      this.#mailbox.missed({ missed, reason: 'RETENTION' });
      this.#sequence = -1;
    }
    if (!snapshot) return;
    this.#position = snapshot.position;
    this.#mailbox.put(snapshot.message, cost && { cost });
  }

  wants({ sequence, position }: StreamPlace): boolean {
    if (this.#ended || sequence <= this.#sequence) return false;
    if (this.#overflowed || this.#window?.lagging) return false;
    return position === null || this.#position === null || position > this.#position;
  }

  get #resumes(): boolean {
    return this.#options.resume !== undefined && !this.#lost;
  }

  event(message: FeedMessage): void {
    if (!this.#pending) {
      this.#deliver(message);
      return;
    }
    this.#pending.push(message);
    if (this.#pending.length > this.#maxPending) {
      // It can be had again.
      if (this.#window || this.#resumes) {
        this.#overflowed = true;
        return;
      }
      this.#pending.shift();
      this.#mailbox.missed({ missed: 1, reason: 'SLOW_SNAPSHOT' });
    }
  }

  restart(snapshot: FeedMessage | undefined): void {
    this.#lost = true;
    // Whoever has only begun is told with his own snapshot.
    if (this.#pending) {
      this.#pending = [];
      if (!this.#window) this.#overflowed = false;
    } else this.#begin(snapshot, undefined);
    this.#sequence = -1;
    this.#beginAnew(snapshot);
  }

  stale(stale: boolean): void {
    if (this.#ended || this.#pending) return;
    const { sink, notices } = this.#options;
    if (!notices) sink.stale?.(stale);
    else if (sink.writable()) sink.write(`{"data":null,"extensions":{"stale":${stale}}}`, undefined);
  }

  missed(gap: Gap): void {
    // The stream still has it, and who acknowledges is given it again.
    if (this.#window && gap.reason === 'SLOW_GATEWAY') this.#window.lose();
    else this.#mailbox.missed(gap);
  }

  goOnWith(feed: Feed): void {
    // Who has only begun is about to ask his feed for more, and who acknowledges for what he was given before.
    if (this.#pending || this.#window || this.#ended) return;
    const missed = feed.since(this.#feed!.last);
    if (!missed) return;
    this.#enter(feed);
    for (const message of missed) if (this.wants(message)) this.#deliver(message);
  }

  room(): Promise<void> | null {
    return this.#window?.room() ?? null;
  }

  whenSent(callback: () => void): void {
    const { sink } = this.#options;
    if (sink.whenSent) sink.whenSent(callback);
    else callback();
  }

  end(errors: readonly GraphQLError[] | null): void {
    if (this.#ended) return;
    if (errors === null) this.#pace?.flush();
    if (errors === null && !this.#mailbox.isEmpty) {
      // Nothing more comes, but what has come is for the client still.
      this.#completing = true;
      return;
    }
    this.close();
    this.#options.sink.end(errors);
  }

  drain(): void {
    this.#mailbox.drain();
    this.#window?.drain();
    if (this.#completing) this.end(null);
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#expiry);
    this.#pace?.stop();
    this.#meter?.stop();
    this.#window?.stop();
    this.#options.durable?.close();
    if (this.#opened) this.#options.metrics.closed(this.#options.field);
    this.#feed?.leave(this);
    this.#options.onEnded?.();
  }

  /** Goes on with a fresher token of the same rights; others make it another subscription. */
  renew(caller: Caller): void {
    if (this.#ended) return;
    if (audienceOf(caller) !== audienceOf(this.caller)) {
      this.end([gatewayError('RIGHTS_CHANGED', 'The new token gives other rights: subscribe again.')]);
      return;
    }
    this.caller = { ...caller, signal: this.caller.signal };
    if (!this.#opened) return;
    clearTimeout(this.#expiry);
    this.#watchExpiry();
  }

  #deliver(event: FeedMessage): void {
    this.#sequence = event.sequence;
    if (event.position !== null) this.#position = event.position;
    if (this.#window) this.#window.put(event);
    else if (this.#pace) this.#pace.put(event);
    else this.#pass(event);
  }

  #pass(event: FeedMessage): void {
    if (this.#meter) this.#meter.put(event);
    else this.#mailbox.put(event.message, undefined, event.key);
  }

  #openWindow(durable: OpenDurable): Window {
    const { sink, pricing, maxBuffered } = this.#options;
    const failed = (error: unknown) =>
      this.end([gatewayError('EVENTS_UNAVAILABLE', 'The source of events is lost.', { cause: error })]);
    const window = new Window({
      mailbox: this.#mailbox,
      outlet: sink,
      maxUnacknowledged: durable.maxUnacknowledged,
      maxBuffered,
      charge: pricing?.charge,
      onTooDear: (error) => this.end([error]),
      onCaughtUp: (behind) => {
        this.#readAgain(behind).catch(failed);
      },
    });
    durable.listen({
      acknowledged: (sequence) => window.acknowledge(sequence),
      moved: () => this.end([gatewayError('DURABLE_MOVED', 'This durable subscriber was opened anew.')]),
      failed,
    });
    return window;
  }

  /** What was left out is in the stream. */
  async #readAgain(behind: StreamPlace): Promise<void> {
    this.#pending = [];
    this.#lost = false;
    this.#sequence = behind.sequence;
    this.#position = behind.position;
    const feed = await this.#join(this.#openFeed!, behind);
    if (!feed || this.#ended) return;
    if (this.#lost) this.#mailbox.missed({ missed: null, reason: 'RETENTION' });
    this.#deliverPending();
    feed.begin();
  }

  #deliverPending(): void {
    const pending = this.#pending ?? [];
    const overflowed = this.#overflowed;
    this.#pending = null;
    this.#overflowed = false;
    for (const message of pending) if (this.wants(message)) this.#deliver(message);
    if (overflowed) this.#window?.lose();
  }

  /** The stream is another one: what was acknowledged of the old one says nothing. */
  #beginAnew(snapshot: FeedMessage | undefined): void {
    const { durable } = this.#options;
    if (!durable || !this.#window) return;
    const { sequence, position } = snapshot ?? { sequence: this.#feed?.last ?? 0, position: null };
    this.#window.begin({ sequence, position });
    durable.begin({ sequence, position }).catch((error: unknown) => {
      this.end([gatewayError('EVENTS_UNAVAILABLE', 'The source of events is lost.', { cause: error })]);
    });
  }

  #watchExpiry(): void {
    const expiresAt = this.caller.claims?.exp;
    if (expiresAt === undefined) return;
    const remaining = expiresAt * 1_000 - Date.now();
    this.#expiry = setTimeout(
      () => {
        if (remaining > maxTimerMs) this.#watchExpiry();
        else this.end([gatewayError('TOKEN_EXPIRED', 'The token has expired.')]);
      },
      Math.min(Math.max(remaining, 0), maxTimerMs),
    );
    this.#expiry.unref();
  }
}
