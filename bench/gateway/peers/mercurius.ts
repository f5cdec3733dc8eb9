/** Mercurius: `node mercurius.ts <urls as JSON>`. It composes by itself, from Federation 1 schemas. */
import mercurius, { type MercuriusGatewayOptions } from '@mercuriusjs/gateway';
import fastify, { type FastifyPluginAsync } from 'fastify';
import type { SubgraphName } from '../graph.ts';

const urls = JSON.parse(process.argv[2]!) as Record<SubgraphName, string>;
const schemas: Record<SubgraphName, string> = {
  users: `
    extend type Query { me: User users: [User] }
    type User @key(fields: "id") { id: ID! name: String username: String }`,
  products: `
    extend type Query { topProducts(first: Int = 5): [Product] }
    type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
  inventory: `
    extend type Product @key(fields: "upc") {
      upc: String! @external
      weight: Int @external
      price: Int @external
      inStock: Boolean
      shippingEstimate: Int @requires(fields: "price weight")
    }`,
  reviews: `
    type Review @key(fields: "id") { id: ID! body: String author: User product: Product }
    extend type User @key(fields: "id") { id: ID! @external reviews: [Review] }
    extend type Product @key(fields: "upc") { upc: String! @external reviews: [Review] }`,
};

const app = fastify();
// Its types describe an ES module, but it is CommonJS: what is imported is the plugin itself.
await app.register(mercurius as unknown as FastifyPluginAsync<MercuriusGatewayOptions & { jit: number }>, {
  jit: 1,
  gateway: {
    services: Object.entries(urls).map(([name, url]) => ({
      name,
      url,
      schema: schemas[name as SubgraphName],
      connections: 128,
    })),
  },
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`READY ${JSON.stringify({ url: `${url}/graphql` })}`);
