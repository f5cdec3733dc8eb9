import { type SubgraphsSettings, settingsOf } from '../config/subgraph-settings.ts';
import { subgraphVariable } from '../env.ts';
import { SubgraphClient } from './client.ts';
import type { SubgraphMetrics } from './metrics.ts';
import type { SharedClients } from './shared-clients.ts';
import { type SendToSubgraph, SubgraphError } from './subgraph.ts';

/** URLs of the configuration win over those of the environment, those over the supergraph's. */
export interface SubgraphsOptions extends SubgraphsSettings {
  /** URLs, with commas where there are several, by the name of the variable. */
  environment: ReadonlyMap<string, string>;
  /** Where clients are that other generations use, too. */
  shared: SharedClients<SubgraphClient>;
  metrics: SubgraphMetrics;
}

/** The clients of all subgraphs of a supergraph. One without an http URL has no server: the gateway feeds it itself. */
export class Subgraphs implements AsyncDisposable {
  readonly clients = new Map<string, SubgraphClient>();
  readonly #shared: SharedClients<SubgraphClient>;

  constructor(known: ReadonlyMap<string, { url: string }>, options: SubgraphsOptions) {
    this.#shared = options.shared;
    const places = new Map<string, readonly string[]>();
    for (const [name, { url }] of known) {
      const told = options.environment.get(subgraphVariable(name))?.split(/,\s*(?=https?:)/);
      const wanted = options.urls[name] ?? told ?? [url];
      if (!wanted.every((one) => /^https?:\/\//.test(one))) continue;
      const wrong = wanted.find((one) => !URL.canParse(one));
      if (wrong !== undefined) throw new TypeError(`the subgraph ${name}: expected a URL, got ${wrong}`);
      places.set(name, wanted);
    }
    // Taken when all is known to be right: what is taken must be given back.
    for (const [name, urls] of places) {
      const open = () => new SubgraphClient(name, urls, settingsOf(options, name), options.metrics);
      this.clients.set(name, this.#shared.take(keyOf(name, urls), open));
    }
  }

  readonly send: SendToSubgraph = (request) => {
    const { subgraph } = request;
    const client = this.clients.get(subgraph);
    if (client) return client.send(request);
    const message = `The subgraph "${subgraph}" has no URL.`;
    return Promise.reject(new SubgraphError('SUBGRAPH_UNAVAILABLE', message, { subgraph }));
  };

  async [Symbol.asyncDispose](): Promise<void> {
    const keys = [...this.clients].map(([name, { urls }]) => keyOf(name, urls));
    this.clients.clear();
    await Promise.all(keys.map((key) => this.#shared.giveBack(key)));
  }
}

/** Throws a TypeError that names the key of what is said of a subgraph that is not there. */
export function refuseUnknownSubgraphs(
  settings: Pick<SubgraphsSettings, 'urls' | 'overrides'>,
  known: ReadonlyMap<string, { url: string }>,
): void {
  for (const key of ['urls', 'overrides'] as const) {
    const unknown = Object.keys(settings[key]).find((name) => !known.has(name));
    if (unknown === undefined) continue;
    throw new TypeError(
      `subgraphs.${key}.${unknown}: expected one of the subgraphs ${[...known.keys()].join(', ')}`,
    );
  }
}

function keyOf(name: string, urls: readonly string[]): string {
  return `${name} ${urls.join(' ')}`;
}
