import { type KnownStore, keptMs, key } from '../identity/known-models.ts';
import { refuse } from '../refusal.ts';

/** A model that has ended so many threads or processes gets no other one. */
export const mostDeaths = 3;

/** Longer than a request waits for all its attempts. */
const begunMs = 86_400_000; // a day

export interface SuspectStore extends KnownStore {
  delete(...keys: string[]): Promise<void>;
}

export type Ending = 'finished' | 'died' | 'stopped';

export interface Attempt {
  /** It has ended one before: to be measured where it can harm nobody. */
  alone: boolean;
  /** To be called once. An attempt that never says how it ended has ended with its process. */
  ended(how: Ending): Promise<void>;
}

/**
 * Remembers which models ended the thread or the process that measured them, over all engines that share the store. A model
 * that was measured in the same process at the time is under suspicion too, until it is measured alone and is not to blame.
 * A store that does not answer suspects nobody; `complain` hears of it.
 */
export class Suspects {
  readonly #store: SuspectStore;
  readonly #complain: (error: unknown) => void;

  constructor(store: SuspectStore, complain: (error: unknown) => void) {
    this.#store = store;
    this.#complain = complain;
  }

  /** Before a model is measured. Throws the refusal `MODEL_QUARANTINED`. */
  async begin(sha256: string, requestId: string): Promise<Attempt> {
    const [begun, deaths] = [key('begun', requestId), key('deaths', sha256)];
    // A request has one holder at a time: what began and did not end before it came again has died.
    const [before, known] = await Promise.all([this.#get(begun), this.#get(deaths)]);
    const count = known + (before > 0 ? 1 : 0);
    if (count > known) await this.#set(deaths, count, keptMs);
    if (count >= mostDeaths) {
      await this.#delete(begun);
      throw refuse('MODEL_QUARANTINED');
    }
    await this.#set(begun, 1, begunMs);
    return {
      alone: count > 0,
      ended: async (how) => {
        await this.#delete(begun);
        if (how === 'died') await this.#set(deaths, count + 1, keptMs);
        else if (how === 'finished' && count > 0) await this.#delete(deaths);
      },
    };
  }

  /** A model whose fault was mended, or that was suspected wrongly, is measured again. */
  release(sha256: string): Promise<void> {
    return this.#delete(key('deaths', sha256));
  }

  async #delete(name: string): Promise<void> {
    try {
      await this.#store.delete(name);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #get(name: string): Promise<number> {
    try {
      return Number((await this.#store.get(name)) ?? 0);
    } catch (error) {
      this.#complain(error);
      return 0;
    }
  }

  async #set(name: string, value: number, ttlMs: number): Promise<void> {
    try {
      await this.#store.set(name, String(value), ttlMs);
    } catch (error) {
      this.#complain(error);
    }
  }
}
