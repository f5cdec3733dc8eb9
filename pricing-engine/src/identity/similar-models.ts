import type { MeasuredModel } from '../estimate-price.ts';
import { widening } from './band.ts';
import type { Descriptor } from './descriptor.ts';
import { type KnownStore, keptMs, key } from './known-models.ts';
import { type Estimate, estimate } from './similar.ts';

const shards = 64;
/** 2,048 models in all, 3 KB each. */
const mostInShard = 32;

type Shard = Map<string, MeasuredModel>;

/**
 * The models to compare with: the latest, a fixed number of them, kept in the store of what was measured. They outlive the
 * process, and engines that share the store learn from each other as they go. Another version of the engine finds none.
 * A store that does not answer costs estimates only; `complain` hears of it.
 */
export class SimilarModels implements AsyncDisposable {
  readonly #store: KnownStore;
  readonly #complain: (error: unknown) => void;
  readonly #shards: readonly Shard[] = Array.from({ length: shards }, () => new Map());
  /** One writing of a shard at a time; what is remembered meanwhile goes with the next. */
  readonly #writing = new Map<number, { again: boolean; done: Promise<void> }>();
  #widening = 1;

  constructor(store: KnownStore, complain: (error: unknown) => void) {
    this.#store = store;
    this.#complain = complain;
  }

  /** Reads what is kept. Until it resolves there are fewer estimates. */
  async load(): Promise<void> {
    for (let shard = 0; shard < shards; shard += 8)
      await Promise.all(Array.from({ length: 8 }, (_, index) => this.#merge(shard + index)));
  }

  /** How many there are. */
  get size(): number {
    return this.#shards.reduce((sum, { size }) => sum + size, 0);
  }

  /** By what bands have to be widened, as the models in it show. */
  get widening(): number {
    return this.#widening;
  }

  estimate(descriptor: Descriptor): Estimate<MeasuredModel> | null {
    return estimate(descriptor, this.#all());
  }

  remember(trianglesHash: string, model: MeasuredModel): void {
    const shard = Number.parseInt(trianglesHash.slice(0, 8), 16) % shards;
    put(this.#shards[shard]!, trianglesHash, model);
    this.#calibrate();
    const writing = this.#writing.get(shard);
    if (writing) writing.again = true;
    else this.#writing.set(shard, { again: false, done: this.#write(shard) });
  }

  /** Waits for what is being written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#writing.values()].map(({ done }) => done));
  }

  *#all(): Iterable<MeasuredModel> {
    for (const shard of this.#shards) yield* shard.values();
  }

  #calibrate(): void {
    this.#widening = widening([...this.#all()].flatMap(({ missed }) => (missed === null ? [] : [missed])));
  }

  async #write(shard: number): Promise<void> {
    await null; // so that `remember` has noted it
    for (;;) {
      this.#writing.get(shard)!.again = false;
      await this.#merge(shard);
      try {
        await this.#store.set(nameOf(shard), JSON.stringify([...this.#shards[shard]!]), keptMs);
      } catch (error) {
        this.#complain(error);
      }
      if (!this.#writing.get(shard)!.again) break;
    }
    this.#writing.delete(shard);
  }

  /** Takes in what another engine has kept; what is known here already is newer. */
  async #merge(shard: number): Promise<void> {
    try {
      const text = await this.#store.get(nameOf(shard));
      if (text === null) return;
      const theirs = JSON.parse(text) as [string, MeasuredModel][];
      const kept = this.#shards[shard]!;
      const own = [...kept];
      kept.clear();
      for (const [hash, model] of [...theirs, ...own]) put(kept, hash, model);
      this.#calibrate();
    } catch (error) {
      this.#complain(error);
    }
  }
}

function nameOf(shard: number): string {
  return key('similar', String(shard));
}

/** The newest last; the oldest goes. */
function put(shard: Shard, hash: string, model: MeasuredModel): void {
  shard.delete(hash);
  shard.set(hash, model);
  if (shard.size > mostInShard) shard.delete(shard.keys().next().value!);
}
