import { subgraphVariable } from '../env.ts';
import { type ClientOptions, SubgraphClient } from './client.ts';
import type { SharedClients } from './shared-clients.ts';
import { type SendToSubgraph, SubgraphError } from './subgraph.ts';

export interface SubgraphsOptions extends ClientOptions {
  /** From the configuration, by the subgraph's name; wins. */
  urls: Readonly<Record<string, string>>;
  /** From the environment, by the name of the variable. */
  environment: ReadonlyMap<string, string>;
  /** Where clients are that other generations use, too. */
  shared: SharedClients<SubgraphClient>;
}

/** The clients of all subgraphs of a supergraph. One without an http URL has no server: the gateway feeds it itself. */
export class Subgraphs implements AsyncDisposable {
  readonly clients = new Map<string, SubgraphClient>();
  readonly #shared: SharedClients<SubgraphClient>;

  constructor(known: ReadonlyMap<string, { url: string }>, options: SubgraphsOptions) {
    this.#shared = options.shared;
    for (const [name, { url }] of known) {
      const wanted = options.urls[name] ?? options.environment.get(subgraphVariable(name)) ?? url;
      if (/^https?:\/\//.test(wanted)) {
        const client = this.#shared.take(
          keyOf(name, wanted),
          () => new SubgraphClient(name, wanted, options),
        );
        this.clients.set(name, client);
      }
    }
  }

  readonly send: SendToSubgraph = async (request) => {
    const client = this.clients.get(request.subgraph);
    if (!client) {
      throw new SubgraphError('SUBGRAPH_UNAVAILABLE', `The subgraph "${request.subgraph}" has no URL.`);
    }
    return client.send(request);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    const keys = [...this.clients].map(([name, { url }]) => keyOf(name, url));
    this.clients.clear();
    await Promise.all(keys.map((key) => this.#shared.giveBack(key)));
  }
}

/** Throws a TypeError that names the key of a URL for a subgraph that is not there. */
export function refuseUnknownUrls(
  urls: SubgraphsOptions['urls'],
  known: ReadonlyMap<string, { url: string }>,
): void {
  const unknown = Object.keys(urls).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new TypeError(
    `subgraphs.urls.${unknown}: expected one of the subgraphs ${[...known.keys()].join(', ')}`,
  );
}

function keyOf(name: string, url: string): string {
  return `${name} ${url}`;
}
