/** Hive Gateway: `node hive.ts js|rust <supergraph>`; it subscribes to the subgraph over SSE, its default. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const [planner, supergraph] = process.argv.slice(2);
const gateway = createGatewayRuntime({
  supergraph: readFileSync(supergraph!, 'utf8'),
  logging: false,
  ...(planner === 'rust' && { unifiedGraphHandler }),
});
// Over a socket it does not wait for its own schema.
await gateway.getSchema();
const server = createServer(gateway);
useServer(
  getGraphQLWSOptions(gateway, () => ({})) as Parameters<typeof useServer>[0],
  new WebSocketServer({ server, path: '/graphql' }),
);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`READY ${JSON.stringify({ url: `http://127.0.0.1:${port}/graphql` })}`);
});
