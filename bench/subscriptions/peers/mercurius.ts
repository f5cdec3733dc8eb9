/** Mercurius: `node mercurius.ts <ticks> <products>`. It composes by itself, from Federation 1 schemas. */
import mercurius, { type MercuriusGatewayOptions } from '@mercuriusjs/gateway';
import fastify, { type FastifyPluginAsync } from 'fastify';

const [ticks, products] = process.argv.slice(2);
const app = fastify();
// Its types describe an ES module, but it is CommonJS: what is imported is the plugin itself.
await app.register(
  mercurius as unknown as FastifyPluginAsync<
    MercuriusGatewayOptions & { jit: number; subscription: boolean }
  >,
  {
    jit: 1,
    subscription: true,
    gateway: {
      services: [
        {
          name: 'ticks',
          url: ticks!,
          wsUrl: ticks!.replace('http', 'ws'),
          schema: `
            type Query { ticks: Int }
            type Subscription { tick: Tick! }
            type Tick { serial: Int! product: Product! }
            extend type Product @key(fields: "upc") { upc: String! @external }`,
        },
        {
          name: 'products',
          url: products!,
          schema: `
            extend type Query { product(upc: String!): Product }
            type Product @key(fields: "upc") { upc: String! name: String! price: Int! }`,
        },
      ],
    },
  },
);
const url = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`READY ${JSON.stringify({ url: `${url}/graphql` })}`);
