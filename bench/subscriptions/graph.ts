/** The graph of the benchmark: events of one subgraph, with an entity of which another one has the fields. */

const federation =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])';

export const products = `${federation}
  type Query { product(upc: String!): Product }
  type Product @key(fields: "upc") { upc: String! name: String! price: Int! }`;

const types = `
  type Subscription { tick: Tick! }
  type Tick { serial: Int! product: Product! }`;

/** Served by a subgraph, for those who subscribe to it. */
export const ticks = `${federation}
  type Query { ticks: Int }
  ${types}
  type Product @key(fields: "upc", resolvable: false) { upc: String! }`;

/** Fed by the bus, for ours. */
export const events = `${federation}
  extend schema
    @link(url: "https://specs.alexandrite.example/events/v1.0", import: ["@natsSubscribe"])
    @composeDirective(name: "@natsSubscribe")
  directive @natsSubscribe(
    subjects: [String!]!
    providerId: String! = "default"
    snapshot: String
    position: String
  ) on FIELD_DEFINITION
  ${types.replace('tick: Tick!', 'tick: Tick! @natsSubscribe(subjects: ["bench.tick"])')}
  type Product @key(fields: "upc", resolvable: false) { upc: String! }`;

/** What every client asks, with an id of its own. */
export const operation = 'subscription Ticks { tick { serial product { upc name price } } }';

export interface Tick {
  serial: number;
  product: { upc: string };
}

export const subject = 'bench.tick';

/** Nine products in turn. */
export function tickOf(serial: number): Tick {
  return { serial, product: { upc: `p${(serial % 9) + 1}` } };
}

export function productOf(upc: string): { upc: string; name: string; price: number } {
  return { upc, name: `Ring ${upc.slice(1)}, made to order`, price: 100 * Number(upc.slice(1)) };
}

/** The answer to `operation` for an event: what all must deliver. */
export function answerOf(serial: number): object {
  const { product } = tickOf(serial);
  return { data: { tick: { serial, product: productOf(product.upc) } } };
}
