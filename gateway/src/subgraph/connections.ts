import type { Dispatcher } from 'undici';
import connector from 'undici/lib/core/connect.js';
import errors from 'undici/lib/core/errors.js';
import Client from 'undici/lib/dispatcher/client.js';
import type { SubgraphSettings } from '../config/subgraph-settings.ts';

/**
 * The connections to one origin, each for one request at a time; the one used last is used next, and those that are not
 * needed close by themselves. How many there may be is for the gate before them to say.
 */
export class Connections implements AsyncDisposable {
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #all = new Set<Client>();
  readonly #idle: Client[] = [];
  #closing = false;

  constructor(origin: string, settings: SubgraphSettings) {
    this.#origin = origin;
    this.#options = {
      // There is never more than one: told to expect two, a client is ready at once and not in the loop's next turn.
      pipelining: 2,
      connect: connector({
        allowH2: false,
        timeout: Math.min(settings.timeoutMs, settings.connectTimeoutMs),
      }),
      keepAliveTimeout: 4_000, // 4 seconds: below the 5 after which Node's servers hang up
      // The deadline of the whole exchange is its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: settings.maxResponseBytes,
    };
  }

  /** Posts, and returns what has to be given back, or dropped; null when the handler has heard that it is too late. */
  post(path: string, headers: string[], body: string, handler: Dispatcher.DispatchHandler): Client | null {
    if (this.#closing) {
      handler.onResponseError?.(null as never, new errors.ClientClosedError());
      return null;
    }
    const client = this.#idle.pop() ?? this.#open();
    client.dispatch({ method: 'POST', path, headers, body, blocking: false }, handler);
    return client;
  }

  /** Once its request has ended, whichever way. */
  giveBack(client: Client): void {
    this.#idle.push(client);
  }

  /** When its request is given up: it is closed, or does not connect any more. */
  drop(client: Client): void {
    this.#all.delete(client);
    void client.destroy();
  }

  #open(): Client {
    const client = new Client(this.#origin, this.#options);
    this.#all.add(client);
    return client;
  }

  /** Waits for what is in flight. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#all].map((client) => client.close()));
  }
}
