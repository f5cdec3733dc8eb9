import { parseArgs } from 'node:util';

export interface Flags {
  help: boolean;
  config?: string | undefined;
  printSchema: boolean;
  /** What the flags say, in the keys of the configuration. */
  settings: Record<string, unknown>;
}

export const help = `Usage: npm run gateway -- --supergraph <file|url> [options]

Serves a Federation 2 supergraph at /graphql.

  --supergraph <file|url>   the composed schema
  --port <n>                default 4000; 0 takes a free port
  --host <address>          default 127.0.0.1
  --config <file>           JSON; \${NAME} is an environment variable
  --share-fetches on|off    send equal queries in flight once; default off
  --planner apollo|hive     who plans operations; default hive, helped by apollo where it lacks something
  --expose-query-plan nobody|loopback|admins|everybody
                            who gets extensions.queryPlan for the header Apollo-Expose-Query-Plan: true (or: only);
                            default nobody
  --log-level <level>       trace, debug, info, warn, error, fatal, silent
  --print-config-schema     the JSON schema of the configuration
  --help

Environment, stronger than the file and weaker than flags: SUPERGRAPH, PORT, HOST, PLANNER, EXPOSE_QUERY_PLAN,
LOG_LEVEL, NATS_URL, REDIS_URL, AUTH_SECRET or AUTH_JWKS_URL, GATEWAY_SECRET, CURSOR_SECRET, SUBGRAPH_URL_<NAME>
(the subgraph's name in capitals, other signs as _).

SIGHUP reads the supergraph again; a watched file and a polled URL need none (reload.watch in the configuration).
`;

/** Throws a TypeError that names an unknown option. */
export function parseFlags(argv: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    allowPositionals: false,
    options: {
      help: { type: 'boolean', short: 'h' },
      config: { type: 'string' },
      supergraph: { type: 'string' },
      port: { type: 'string' },
      host: { type: 'string' },
      planner: { type: 'string' },
      'share-fetches': { type: 'string' },
      'expose-query-plan': { type: 'string' },
      'log-level': { type: 'string' },
      'print-config-schema': { type: 'boolean' },
    },
  });
  const settings: Record<string, unknown> = {
    supergraph: values.supergraph,
    port: values.port,
    host: values.host,
    planner: values.planner,
    shareFetches: values['share-fetches'],
    exposeQueryPlan: values['expose-query-plan'],
    logLevel: values['log-level'],
  };
  return {
    help: values.help ?? false,
    config: values.config,
    printSchema: values['print-config-schema'] ?? false,
    settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
  };
}
