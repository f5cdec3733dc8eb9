import type { Feed } from './feed.ts';

/** The feeds of one subscription. */
interface Family {
  /** Of those who begin now. */
  current: Feed | undefined;
  /** Of those who catch up. */
  behind: Set<Feed>;
}

/** All feeds of this gateway, by what was subscribed to. */
export class FeedIndex implements Iterable<Feed> {
  readonly #families = new Map<string, Family>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  *[Symbol.iterator](): Iterator<Feed> {
    for (const { current, behind } of this.#families.values()) {
      if (current) yield current;
      yield* behind;
    }
  }

  current(subscription: string): Feed | undefined {
    return this.#families.get(subscription)?.current;
  }

  /** One that gives all behind a sequence, the feed of all rather than another, and the furthest of the others. */
  knowing(subscription: string, sequence: number): Feed | undefined {
    return this.#knowing(subscription, sequence, undefined);
  }

  /** One that those who listen to this feed can go on with, and wait for nothing. */
  further(subscription: string, feed: Feed): Feed | undefined {
    const other = this.#knowing(subscription, feed.last, feed);
    return other && (other === this.current(subscription) || other.last >= feed.last) ? other : undefined;
  }

  #knowing(subscription: string, sequence: number, except: Feed | undefined): Feed | undefined {
    const family = this.#families.get(subscription);
    if (family?.current?.knows(sequence)) return family.current;
    let furthest: Feed | undefined;
    for (const feed of family?.behind ?? []) {
      const isFurther = !furthest || feed.last > furthest.last;
      if (isFurther && feed !== except && feed.knows(sequence)) furthest = feed;
    }
    return furthest;
  }

  add(subscription: string, feed: Feed, isCurrent: boolean): void {
    const family = this.#families.get(subscription) ?? { current: undefined, behind: new Set() };
    this.#families.set(subscription, family);
    if (isCurrent) family.current = feed;
    else family.behind.add(feed);
    this.#size++;
  }

  delete(subscription: string, feed: Feed): void {
    const family = this.#families.get(subscription);
    if (!family) return;
    if (family.current === feed) family.current = undefined;
    else if (!family.behind.delete(feed)) return;
    this.#size--;
    if (!family.current && family.behind.size === 0) this.#families.delete(subscription);
  }
}
