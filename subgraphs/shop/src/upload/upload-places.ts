import { UploadError } from './upload-error.ts';

export interface UploadPlacesOptions {
  /** Uploads that may arrive at a time. */
  most: number;
  /** Of one account, so that slow lines, or bad intentions, leave places for the others. */
  mostOfOne: number;
  /** How long a further one waits for a place, in milliseconds. */
  patienceMs: number;
}

/** Uploads beyond so many times the places are not even let wait. */
const waitingPerPlace = 8;

/** How many uploads arrive at a time in this process. */
export class UploadPlaces {
  readonly #options: UploadPlacesOptions;
  readonly #taken = new Map<string, number>();
  /** In the order in which they came. */
  readonly #waiting = new Set<{ accountId: string; enter: () => void }>();
  #all = 0;

  constructor(options: UploadPlacesOptions) {
    this.#options = options;
  }

  /** Resolves to what gives the place back. Rejects with `UploadError` `TOO_MANY_UPLOADS` when patience is over. */
  async take(accountId: string): Promise<() => void> {
    if (!this.#isFree(accountId)) await this.#wait(accountId);
    else this.#add(accountId, 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#add(accountId, -1);
      this.#next();
    };
  }

  #isFree(accountId: string): boolean {
    const { most, mostOfOne } = this.#options;
    return this.#all < most && (this.#taken.get(accountId) ?? 0) < mostOfOne;
  }

  #add(accountId: string, one: 1 | -1): void {
    this.#all += one;
    const count = (this.#taken.get(accountId) ?? 0) + one;
    if (count === 0) this.#taken.delete(accountId);
    else this.#taken.set(accountId, count);
  }

  #wait(accountId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = () => {
        this.#waiting.delete(waiter);
        reject(new UploadError('TOO_MANY_UPLOADS', 503, 'Too many uploads at the moment; try again.'));
      };
      const waiter = {
        accountId,
        enter: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          this.#add(accountId, 1);
          resolve();
        },
      };
      const timer = setTimeout(refuse, this.#options.patienceMs);
      if (this.#waiting.size >= this.#options.most * waitingPerPlace) {
        clearTimeout(timer);
        refuse();
      } else {
        this.#waiting.add(waiter);
      }
    });
  }

  #next(): void {
    const next = this.#waiting.values().find(({ accountId }) => this.#isFree(accountId));
    next?.enter();
  }
}
