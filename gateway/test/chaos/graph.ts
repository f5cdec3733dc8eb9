/** The graph of this world: readings come from the bus, their current state and the stations' names from a subgraph. */
export const events = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@composeDirective"])
    @link(url: "https://specs.alexandrite.example/events/v1.0", import: ["@natsSubscribe"])
    @composeDirective(name: "@natsSubscribe")
  directive @natsSubscribe(subjects: [String!]!, providerId: String! = "default", snapshot: String, position: String) on FIELD_DEFINITION
  type Subscription {
    reading(id: ID!): Reading! @natsSubscribe(subjects: ["readings.{{ args.id }}"], snapshot: "reading", position: "serial")
  }
  type Reading @shareable { station: Station! serial: Int! degrees: Float! }
  type Station @key(fields: "id", resolvable: false) { id: ID! }
`;

export const weather = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
  type Query { reading(id: ID!): Reading }
  type Reading @shareable { station: Station! serial: Int! degrees: Float! }
  type Station @key(fields: "id") { id: ID!  name: String }
`;

/** The name is asked of the subgraph for each event, and may be missing while it is away. */
export const query = 'subscription R($id: ID!) { reading(id: $id) { serial station { id name } } }';

/** Of what has ended a subscription. */
export function codeOf(reason: unknown): string {
  const [first] = Array.isArray(reason) ? reason : [];
  const { code } = (first?.extensions ?? reason ?? {}) as { code?: unknown };
  return String(code ?? reason);
}

export const durables = {
  name: 'DURABLES',
  subjects: ['durables.>'],
  kind: 'latest',
  maxAgeMs: 3_600_000,
  maxMessages: 100_000,
  duplicateWindowMs: 60_000,
} as const;

export const stream = {
  name: 'READINGS',
  subjects: ['readings.>'],
  kind: 'log',
  maxAgeMs: 3_600_000,
  maxMessages: 1_000_000,
  duplicateWindowMs: 120_000,
} as const;
