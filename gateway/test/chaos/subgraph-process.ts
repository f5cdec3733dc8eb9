/** The subgraph in a process of its own, to be killed: `subgraph-process.ts <port> <url of the state>`. */
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { weather } from './graph.ts';
import type { Station } from './world.ts';

const [port, state] = process.argv.slice(2);

async function stationOf(id: string): Promise<Station | null> {
  const response = await fetch(`${state}/${encodeURIComponent(id)}`);
  return (await response.json()) as Station | null;
}

const resolvers = {
  Query: {
    async reading(_: unknown, { id }: { id: string }) {
      const station = await stationOf(id);
      return station && { ...station, station };
    },
  },
  Station: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    name: ({ id }: { id: string }) => `Station ${id}`,
  },
};
const schema = buildSubgraphSchema([{ typeDefs: parse(weather), resolvers }]);

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
  const result = await graphql({ schema, source: query, variableValues: variables });
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('READY\n'));
