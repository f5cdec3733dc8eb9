import { subgraphVariable } from '../env.ts';
import { type ClientOptions, SubgraphClient } from './client.ts';
import { type SendToSubgraph, SubgraphError } from './subgraph.ts';

export interface SubgraphsOptions extends ClientOptions {
  /** From the configuration, by the subgraph's name; wins. */
  urls: Readonly<Record<string, string>>;
  /** From the environment, by the name of the variable. */
  environment: ReadonlyMap<string, string>;
}

/** The clients of all subgraphs of a supergraph. One without an http URL has no server: the gateway feeds it itself. */
export class Subgraphs implements AsyncDisposable {
  readonly clients = new Map<string, SubgraphClient>();

  constructor(known: ReadonlyMap<string, { url: string }>, options: SubgraphsOptions) {
    for (const name of Object.keys(options.urls)) {
      if (!known.has(name)) {
        throw new TypeError(
          `subgraphs.urls.${name}: expected one of the subgraphs ${[...known.keys()].join(', ')}`,
        );
      }
    }
    for (const [name, { url }] of known) {
      const wanted = options.urls[name] ?? options.environment.get(subgraphVariable(name)) ?? url;
      if (/^https?:\/\//.test(wanted)) this.clients.set(name, new SubgraphClient(name, wanted, options));
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
    await Promise.all([...this.clients.values()].map((client) => client[Symbol.asyncDispose]()));
  }
}
