/** graphql-ws with graphql-js and everything at hand, no federation: `node graphql-ws.ts <ticks>`. */
import { EventEmitter, on } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { productOf, tickOf } from '../graph.ts';
import { followTicks } from './follow-ticks.ts';

const events = new EventEmitter().setMaxListeners(0);
const schema = buildSchema(`
  type Query { ticks: Int }
  type Subscription { tick: Tick! }
  type Tick { serial: Int! product: Product! }
  type Product { upc: String! name: String! price: Int! }`);
schema.getSubscriptionType()!.getFields().tick!.subscribe = async function* () {
  for await (const [serial] of on(events, 'tick')) {
    const tick = tickOf(serial);
    yield { tick: { ...tick, product: productOf(tick.product.upc) } };
  }
};
const server = createServer();
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
await followTicks(process.argv[2]!, (serial) => events.emit('tick', serial));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`READY ${JSON.stringify({ url: `http://127.0.0.1:${port}/graphql` })}`);
});
