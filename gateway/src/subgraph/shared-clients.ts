/**
 * Clients of subgraphs, by what makes them equal. Generations of a supergraph share them, with their open connections;
 * whoever gives one back as the last closes it.
 */
export class SharedClients<Client extends AsyncDisposable> {
  readonly #held = new Map<string, { client: Client; users: number }>();

  take(key: string, open: () => Client): Client {
    let held = this.#held.get(key);
    if (!held) {
      held = { client: open(), users: 0 };
      this.#held.set(key, held);
    }
    held.users++;
    return held.client;
  }

  /** Resolves when the client is closed, or at once where others still use it. */
  async giveBack(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (!held) throw new TypeError('expected a client that was taken');
    if (--held.users > 0) return;
    this.#held.delete(key);
    await held.client[Symbol.asyncDispose]();
  }
}
