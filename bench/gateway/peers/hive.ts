/** Hive Gateway: `node hive.ts js|rust <share: on|off> <supergraph>`. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';

const [planner, share, supergraph] = process.argv.slice(2);
const gateway = createGatewayRuntime({
  supergraph: readFileSync(supergraph!, 'utf8'),
  logging: false,
  ...(planner === 'rust' && { unifiedGraphHandler }),
  ...(share === 'off' && {
    transportEntries: { '*.http': { options: { deduplicateInflightRequests: false } } },
  }),
});
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`READY ${JSON.stringify({ url: `http://127.0.0.1:${port}/graphql` })}`);
});
