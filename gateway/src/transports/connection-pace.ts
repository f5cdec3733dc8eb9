/** How many messages a second one connection may carry; a second's worth may come at once. */
export class ConnectionPace {
  readonly #perSecond: number;
  readonly #onReady: () => void;
  #left: number;
  #at = performance.now();
  #timer: NodeJS.Timeout | undefined;

  /** `onReady` is called when there is room again after somebody has asked for it in vain. */
  constructor(perSecond: number, onReady: () => void) {
    this.#perSecond = perSecond;
    this.#onReady = onReady;
    this.#left = Math.max(1, perSecond);
  }

  /** Whether one more may pass now. */
  get ready(): boolean {
    const now = performance.now();
    this.#left = Math.min(
      Math.max(1, this.#perSecond),
      this.#left + ((now - this.#at) / 1_000) * this.#perSecond,
    );
    this.#at = now;
    if (this.#left >= 1) return true;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#onReady();
      },
      Math.ceil(((1 - this.#left) / this.#perSecond) * 1_000),
    ).unref();
    return false;
  }

  passed(): void {
    this.#left--;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
