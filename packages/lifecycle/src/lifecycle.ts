/** A running service, as `build` returns it. Disposing is idempotent and waits for what is in flight. */
export interface Service extends AsyncDisposable {
  /** Where it listens, e.g. `http://127.0.0.1:4001`. */
  readonly url: string;
}
