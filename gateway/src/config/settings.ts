import { plannerNames } from '../planner/planner.ts';
import { planAudiences } from '../transports/plan-audience.ts';
import {
  type Decoded,
  type Decoder,
  flag,
  integer,
  list,
  object,
  oneOf,
  or,
  orDefaults,
  positive,
  record,
  secret,
  share,
  subject,
  text,
  url,
  urlPath,
} from './decode.ts';
import { subgraphsFields } from './subgraph-settings.ts';

const MIB = 1_048_576;
const HOUR_MS = 3_600_000;

const auth = {
  sharedSecret: or(secret('Verifies tokens signed with HS256.'), undefined),
  jwksUrl: or(url('Where the issuer publishes its keys; wins over the secret.'), undefined),
  anonymous: or(flag('Whether requests without a token are served.'), true),
  scopesClaim: or(text('The claim with the scopes; by itself scope, scopes and scp are read.'), undefined),
  policiesClaim: or(text('The claim with the policies that are fulfilled; without it none is.'), undefined),
  rejectUnauthorized: or(
    flag('Whether an operation with something that the caller must not see is refused as a whole.'),
    false,
  ),
  revocations: or(
    object({
      subject: subject('Where the issuer says which tokens are withdrawn: { "<claim>": "<value>" }.'),
      claims: or(list(text('A claim by which tokens are withdrawn.')), ['jti', 'sub']),
      keepMs: or(
        integer('How long it is remembered: as long as a token may live.', 1_000, 8_760 * HOUR_MS),
        24 * HOUR_MS,
      ),
    }),
    undefined,
  ),
  /** Claims whose bearer may read /metrics from elsewhere. */
  admin: or(record(list(text('A value of the claim.'))), {} as Record<string, string[]>),
};

const audience = {
  name: or(text('What metrics call those callers.'), 'limited'),
  when: record(list(text('A value of the claim.'))),
  key: or(text('Whose bucket it is; a template of claims.'), '{{claims.sub}}'),
  maximumAvailable: positive('The size of the bucket, in points.'),
  restoreRate: positive('Points a second.'),
  maxCost: or(positive('The most a single operation may cost.'), undefined),
  quotas: or(
    object({
      sockets: or(integer('Open sockets and streams over HTTP at a time.', 0, 1_000_000), undefined),
      subscriptions: or(integer('Subscriptions at a time.', 0, 1_000_000), undefined),
      eventsPerSecond: or(positive('Messages of all subscriptions together.'), undefined),
      durables: or(
        integer('Durable subscribers, connected or not; see subscriptions.durables.', 0, 10_000),
        undefined,
      ),
    }),
    undefined,
  ),
};

const limits = {
  maxDepth: or(integer('Nested selections.', 1, 1_000), undefined),
  maxAliases: or(integer('Aliases of one operation.', 0, 100_000), undefined),
  maxTokens: or(integer('Lexical tokens of one document.', 1, 10_000_000), 15_000),
  maxRootFields: or(integer('Fields of the root selection.', 1, 10_000), undefined),
  maxSelections: or(integer('Selections with fragments written out.', 1, 1_000_000), 10_000),
};

/** The first that fits an error says what of it is shown; for those that none fits `maskErrors` does. */
const errorRule = {
  subgraphs: or(list(text('A subgraph whose errors are meant; when not said, all.')), undefined),
  codes: or(list(text('A code, or the beginning of codes with * behind it; when not said, all.')), undefined),
  message: oneOf('Whether the message is shown, or another one instead and the whole in the log.', [
    'show',
    'hide',
  ]),
  extensions: or(
    list(text('An extension that is shown; when not said, all but what speaks of the inside of a service.')),
    undefined,
  ),
};

const fields = {
  $schema: or(text('For editors.'), undefined),
  supergraph: text('A file or a URL of the composed Federation 2 schema.'),
  reload: orDefaults({
    watch: or(flag('Whether a new supergraph is taken up by itself.'), true),
    debounceMs: or(integer('How long the file must have been left alone.', 0, 60_000), 200),
    pollMs: or(integer('How often the URL is asked; a tenth more or less.', 100, 24 * HOUR_MS), 30_000),
    timeoutMs: or(integer('How long the URL may take to answer.', 1, HOUR_MS), 10_000),
    maxBytes: or(integer('The largest supergraph.', 1_024, 1_024 * MIB), 64 * MIB),
    warmOperations: or(integer('Operations compiled before a new supergraph takes over.', 0, 100_000), 200),
    warmMs: or(integer('How long that may take.', 0, HOUR_MS), 5_000),
  }),
  host: or(text('The address to listen on.'), '127.0.0.1'),
  port: or(integer('The port to listen on; 0 takes a free one.', 0, 65_535), 4000),
  logLevel: or(
    oneOf('How much is logged.', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    'info' as const,
  ),
  planner: or(oneOf('Who plans operations.', plannerNames), 'hive' as const),
  overrideLabels: or(
    record(share('How many requests take the new way: percent, or true or false for all or none.')),
    {} as Record<string, boolean | number>,
  ),
  shareFetches: or(
    flag('Whether equal queries in flight to a subgraph, with equal headers, are sent once.'),
    false,
  ),
  exposeQueryPlan: or(
    oneOf('Who is told the plan of an operation when he asks for it.', planAudiences),
    'nobody' as const,
  ),
  askOnce: or(
    flag(
      'Whether one request asks for an entity with the same selection once, however many fetches want it.',
    ),
    true,
  ),
  joinFetches: or(
    flag('Whether fetches of entities that begin together go to their subgraph in one request.'),
    true,
  ),
  introspection: or(flag('Whether the schema can be asked for.'), true),
  defer: or(
    flag('Whether fragments with @defer come later, for clients that take an answer in parts.'),
    true,
  ),
  maskErrors: or(flag('Whether errors of subgraphs without a code of their own are replaced.'), false),
  errorRules: or(list(object(errorRule)), [] as never[]),
  requestTimeoutMs: or(
    integer('How long a query or a mutation may wait for its subgraphs, all in all.', 1, HOUR_MS),
    undefined,
  ),
  maxBodyBytes: or(integer('The largest GraphQL request.', 1_024, 64 * MIB), MIB),
  directWay: or(
    flag('Whether operations that are compiled already are answered without Apollo Server.'),
    true,
  ),
  compression: orDefaults({
    enabled: or(flag('Whether answers are compressed for clients that take it.'), true),
    minBytes: or(integer('Shorter answers go as they are.', 0, 64 * MIB), 2_048),
  }),
  batching: orDefaults({
    enabled: or(flag('Whether a list of operations may come in one request.'), false),
    maxOperations: or(integer('The most operations of one request.', 1, 1_000), 10),
  }),
  persistedQueryCharacters: or(
    integer('Text of documents that clients have registered by their hash.', 0, 1_024 * MIB),
    8 * MIB,
  ),
  operationCacheSize: or(integer('Compiled operations kept.', 1, 1_000_000), 2_000),
  operationCacheCharacters: or(
    integer('Characters of all compiled operations kept.', 1, 1_000_000_000),
    4_000_000,
  ),
  rehearsalMs: or(
    integer('How long compiling operations is practised at most before the first one comes.', 0, 60_000),
    400,
  ),
  subgraphs: orDefaults(subgraphsFields),
  auth: or(object(auth), undefined),
  audiences: or(list(object(audience)), [] as never[]),
  metricsToken: or(
    text("A collector's bearer token: who shows it may read /metrics from elsewhere."),
    undefined,
  ),
  limits: orDefaults(limits),
  costs: orDefaults({
    defaultListSize: or(integer('Assumed length of a list that says nothing of its own.', 0, 100_000), 10),
  }),
  bus: orDefaults({
    natsUrl: or(text('Where events come from: nats://host:port, several with commas.'), undefined),
  }),
  cache: orDefaults({
    redisUrl: or(url('Where budgets are kept.', ['redis:', 'rediss:', 'unix:']), undefined),
    prefix: or(text('Of every key.'), 'gateway'),
  }),
  subscriptions: orDefaults({
    maxSockets: or(integer('Open sockets.', 1, 1_000_000), 15_000),
    maxPerSocket: or(integer('Operations at a time on one socket.', 1, 100_000), 100),
    maxEventsPerSecond: or(
      positive('Messages of subscriptions to one socket or stream; a client who gets more counts as slow.'),
      undefined,
    ),
    maxMessageBytes: or(integer('The largest message of a client.', 128, 16 * MIB), 131_072),
    initTimeoutMs: or(integer('How long a client may take to introduce itself.', 100, HOUR_MS), 3_000),
    keepAliveMs: or(integer('How often a silent connection is tried.', 1_000, HOUR_MS), 15_000),
    drainMs: or(
      integer(
        'Over how long clients are sent away, each at a moment of its own, when the gateway ends.',
        0,
        60_000,
      ),
      3_000,
    ),
    maxBuffered: or(integer('Messages kept for a slow client.', 1, 10_000), 32),
    maxUnreadMs: or(
      integer('How long a client may leave unread what waits for him before he is cut off.', 100, HOUR_MS),
      60_000,
    ),
    deadLetterSubject: or(
      subject(
        'Events that do not fit their field are published there, with the name of the field behind it.',
      ),
      undefined,
    ),
    durables: or(
      object({
        subject: subject(
          'What they have acknowledged is kept there, in a stream of the latest of each subject.',
        ),
        maxUnacknowledged: or(
          integer('Messages that are with a client before he must acknowledge.', 1, 10_000),
          100,
        ),
      }),
      undefined,
    ),
    maxFeeds: or(integer('Different subscriptions at a time.', 1, 1_000_000), 20_000),
    cursorSecret: or(secret('Signs cursors; the same on every gateway.'), undefined),
  }),
  cors: or(
    object({
      origins: list(text('An origin, or *.')),
      maxAgeSeconds: or(integer('How long a preflight answer is kept.', 0, 86_400), 600),
    }),
    undefined,
  ),
  pages: or(
    list(
      object({
        path: urlPath('Where the page is.'),
        directory: text('The folder, from the working directory.'),
        loopbackOnly: or(flag('Whether it is there only for who addresses this machine as his own.'), false),
      }),
    ),
    [] as never[],
  ),
  home: or(urlPath('Where / leads, unless a page is there.'), undefined),
  contentSecurityPolicy: or(
    text('Of the pages.'),
    [
      "default-src 'self'",
      "img-src 'self' data: blob:",
      "style-src 'self' 'unsafe-inline'",
      "font-src 'self' data:",
      "worker-src 'self' blob:",
      "base-uri 'none'",
      "object-src 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
  ),
  playground: or(urlPath('Where a browser that asks for /graphql is sent.'), undefined),
  proxies: or(
    list(
      object({
        prefix: urlPath('What is passed on.'),
        target: url('To where; its own path comes before the one asked for.'),
        maxBodyBytes: or(integer('The largest body.', 1, 10_240 * MIB), 256 * MIB),
        timeoutMs: or(integer('How long an answer may take.', 1, HOUR_MS), 120_000),
      }),
    ),
    [] as never[],
  ),
};

/** The whole configuration of a gateway. Durations in milliseconds, sizes in bytes. */
export type Settings = Decoded<typeof fields>;
export type AudienceSettings = Decoded<typeof audience>;
export type AuthSettings = Decoded<typeof auth>;
export type LimitSettings = Decoded<typeof limits>;
export type ErrorRule = Decoded<typeof errorRule>;

export const settingsDecoder: Decoder<Settings> = object(fields);

/** What a gateway is without a word of configuration but its supergraph. */
export function defaultSettings(supergraph: string): Settings {
  return settingsDecoder.decode({ supergraph }, '');
}
