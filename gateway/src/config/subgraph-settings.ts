import {
  ConfigError,
  type Decoded,
  type Decoder,
  flag,
  integer,
  list,
  object,
  oneOf,
  or,
  orDefaults,
  record,
  secret,
  text,
  url,
  urlPath,
} from './decode.ts';

const MIB = 1_048_576;
const HOUR_MS = 3_600_000;

const retries = {
  max: or(integer('How often a query is sent again after a failed connection, 502, 503 or 504.', 0, 10), 2),
  backoffMs: or(
    integer('The longest pause before the first; drawn anew, doubled each time.', 1, HOUR_MS),
    50,
  ),
  maxBackoffMs: or(integer('The longest pause.', 1, HOUR_MS), 1_000),
  budgetPercent: or(integer('Retries within ten seconds, of the requests.', 0, 100), 20),
};

const circuit = {
  enabled: or(flag('Whether a URL that fails is left alone for a while.'), true),
  failurePercent: or(integer('Of the requests of the window.', 1, 100), 50),
  minRequests: or(integer('Fewer within the window say nothing.', 1, 1_000_000), 20),
  windowMs: or(integer('How far back requests are counted.', 100, HOUR_MS), 10_000),
  openMs: or(integer('How long before it is tried again; doubled each time in vain.', 1, HOUR_MS), 1_000),
  maxOpenMs: or(integer('The longest.', 1, HOUR_MS), 5_000),
  probes: or(integer('Requests that must succeed, one after another, to trust it again.', 1, 1_000), 2),
};

const ejection = {
  failures: or(integer('In a row; 0 never leaves out a URL. The last one is never left out.', 0, 1_000), 5),
  baseMs: or(integer('For how long; doubled each time.', 1, HOUR_MS), 5_000),
  maxMs: or(integer('The longest.', 1, HOUR_MS), 60_000),
};

const protocols = ['sse', 'ws'] as const;

/** How its own subscriptions are had. Server-Sent Events need no more than the URL that there is already. */
const subscriptions = {
  protocol: or(
    oneOf('How subscriptions are had: Server-Sent Events, or graphql-transport-ws.', protocols),
    'sse' as const,
  ),
  path: or(urlPath("Where, in place of the path of the subgraph's URL."), undefined),
  keepAliveMs: or(integer('How often a socket is tried; it must answer as soon.', 100, HOUR_MS), 15_000),
  maxSilenceMs: or(
    integer('How long a stream may be silent, heartbeats too; when not said, for ever.', 100, HOUR_MS),
    undefined,
  ),
  giveUpAfterMs: or(integer('How long a lost one is asked for again.', 0, 24 * HOUR_MS), 60_000),
};

/** What can be said of all subgraphs, and of one of them alone. */
const each = {
  timeoutMs: or(integer('How long an answer may take, retries included.', 1, HOUR_MS), 30_000),
  connectTimeoutMs: or(integer('How long it may take to connect.', 1, HOUR_MS), 5_000),
  connections: or(integer('Open connections to one URL.', 1, 10_000), 128),
  maxInFlight: or(
    integer('Requests at a time; as many as connections, when not said.', 1, 1_000_000),
    undefined,
  ),
  maxQueued: or(integer('Requests that wait for their turn; more are refused.', 0, 1_000_000), 10_000),
  maxQueuedMs: or(integer('How long one waits for its turn before it is refused.', 1, HOUR_MS), 5_000),
  maxResponseBytes: or(integer('The largest answer.', 1_024, 1_024 * MIB), 64 * MIB),
};

const groups = { retries, circuit, ejection, subscriptions };

/** An override says what is different; what it does not name is as for all. */
const override = {
  ...unsaid(each),
  retries: or(object(unsaid(retries)), undefined),
  circuit: or(object(unsaid(circuit)), undefined),
  ejection: or(object(unsaid(ejection)), undefined),
  subscriptions: or(
    object({
      ...unsaid(subscriptions),
      url: or(url("Where, in place of the subgraph's URL.", ['http:', 'https:', 'ws:', 'wss:']), undefined),
    }),
    undefined,
  ),
};

export const subgraphsFields = {
  urls: or(record(urls("Replaces a subgraph's URL; several are balanced.")), {} as Record<string, string[]>),
  contextSecret: or(secret('Signs who asks, for the subgraphs.'), undefined),
  forwardHeaders: or(list(passedOn('A header passed on from the client.')), [] as string[]),
  ...each,
  retries: orDefaults(retries),
  circuit: orDefaults(circuit),
  ejection: orDefaults(ejection),
  subscriptions: orDefaults(subscriptions),
  overrides: or(record(object(override)), {} as Record<string, Decoded<typeof override>>),
};

export type SubgraphsSettings = Decoded<typeof subgraphsFields>;

/** How one subgraph is spoken to. Durations in milliseconds, sizes in bytes. */
export interface SubgraphSettings extends Decoded<typeof each> {
  retries: Decoded<typeof retries>;
  circuit: Decoded<typeof circuit>;
  ejection: Decoded<typeof ejection>;
  subscriptions: Decoded<typeof subscriptions> & { url?: string | undefined };
}

/**
 * What holds for one subgraph: its override over what is said of all. Throws a ConfigError where the two do not go
 * together.
 */
export function settingsOf(settings: Omit<SubgraphsSettings, 'urls'>, subgraph: string): SubgraphSettings {
  const over = settings.overrides[subgraph];
  const names = [...Object.keys(each), ...Object.keys(groups)] as (keyof SubgraphSettings)[];
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const [common, own] = [settings[name], over?.[name]];
    found[name] =
      typeof common === 'object' ? { ...common, ...said(own as object | undefined) } : (own ?? common);
  }
  const whole = found as unknown as SubgraphSettings;
  const { protocol, url: place, path } = whole.subscriptions;
  const key = `subgraphs.overrides.${subgraph}.subscriptions.url`;
  if (place !== undefined && path !== undefined) throw new ConfigError(key, 'no path beside it', place);
  if (protocol === 'sse' && place?.startsWith('ws')) {
    throw new ConfigError(key, 'http: or https: for the protocol sse', place);
  }
  return whole;
}

function said(group: object | undefined): object {
  return Object.fromEntries(Object.entries(group ?? {}).filter(([, value]) => value !== undefined));
}

type Unsaid<F> = { [K in keyof F]: F[K] extends Decoder<infer T> ? Decoder<T | undefined> : never };

function unsaid<F extends Record<string, Decoder<unknown>>>(fields: F): Unsaid<F> {
  const entries = Object.entries(fields).map(([name, field]) => {
    const { default: _, ...schema } = field.schema;
    return [name, { ...or(field, undefined), schema }];
  });
  return Object.fromEntries(entries) as Unsaid<F>;
}

/** Those that belong to a connection, or speak of the body or of the time that is left, are each side's own. */
const ownHeaders = new Set(
  `connection content-encoding content-length content-type expect host keep-alive te trailer transfer-encoding upgrade
  x-envoy-expected-rq-timeout-ms`.split(/\s+/),
);

function passedOn(description: string): Decoder<string> {
  const name = text(description);
  return {
    ...name,
    decode(value, key) {
      const header = name.decode(value, key);
      if (/^[\w!#$%&'*+.^`|~-]+$/.test(header) && !ownHeaders.has(header.toLowerCase())) return header;
      throw new ConfigError(key, 'a header that can be passed on', value);
    },
  };
}

/** One URL or several. */
function urls(description: string): Decoder<string[]> {
  const one = url(description);
  return {
    schema: { anyOf: [one.schema, { type: 'array', items: one.schema, minItems: 1 }] },
    decode(value, key) {
      if (!Array.isArray(value)) return [one.decode(value, key)];
      if (value.length === 0) throw new ConfigError(key, 'at least one URL', value);
      return value.map((entry, index) => one.decode(entry, `${key}[${index}]`));
    },
  };
}
