/** What the environment says, in the keys of the configuration. A URL of a subgraph is not known until its name is. */
export interface Env {
  settings: Record<string, unknown>;
  /** Which variable has said something, by the dotted key that it speaks of. */
  variables: ReadonlyMap<string, string>;
  /** `SUBGRAPH_URL_<NAME>`, by name. */
  subgraphUrls: ReadonlyMap<string, string>;
}

const keys: Readonly<Record<string, readonly string[]>> = {
  SUPERGRAPH: ['supergraph'],
  PORT: ['port'],
  HOST: ['host'],
  LOG_LEVEL: ['logLevel'],
  PLANNER: ['planner'],
  EXPOSE_QUERY_PLAN: ['exposeQueryPlan'],
  NATS_URL: ['bus', 'natsUrl'],
  REDIS_URL: ['cache', 'redisUrl'],
  AUTH_SECRET: ['auth', 'sharedSecret'],
  AUTH_JWKS_URL: ['auth', 'jwksUrl'],
  GATEWAY_SECRET: ['subgraphs', 'contextSecret'],
  CURSOR_SECRET: ['subscriptions', 'cursorSecret'],
  METRICS_TOKEN: ['metricsToken'],
};

const urlVariable = /^SUBGRAPH_URL_(\w+)$/;

export function readEnv(environment: NodeJS.ProcessEnv): Env {
  const settings: Record<string, unknown> = {};
  const variables = new Map<string, string>();
  for (const [variable, path] of Object.entries(keys)) {
    const value = environment[variable];
    if (!value) continue;
    let place = settings;
    for (const name of path.slice(0, -1)) {
      place[name] ??= {};
      place = place[name] as Record<string, unknown>;
    }
    place[path.at(-1)!] = value;
    variables.set(path.join('.'), variable);
  }
  const subgraphUrls = new Map<string, string>();
  for (const [variable, value] of Object.entries(environment)) {
    const name = urlVariable.exec(variable)?.[1];
    if (name === undefined || !value) continue;
    if (!value.split(/,\s*(?=https?:)/).every((url) => URL.canParse(url))) {
      throw new TypeError(
        `${variable}: expected a URL, or several with commas, got ${JSON.stringify(value)}`,
      );
    }
    subgraphUrls.set(name, value);
  }
  return { settings, variables, subgraphUrls };
}

/** The variable's name for a subgraph: `my-shop` is `SUBGRAPH_URL_MY_SHOP`. */
export function subgraphVariable(subgraph: string): string {
  return subgraph.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
