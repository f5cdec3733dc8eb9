/**
 * Where events come from: `node source.ts <folder> <NATS URL>`. The subgraph `ticks` over SSE and graphql-transport-ws, the
 * subgraph `products`, and the bus. Each document is executed once per event, whoever has asked for it.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { openNatsBus } from '@alexandrite/bus/nats';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { type WebSocket, WebSocketServer } from 'ws';
import { serveCanned } from '../src/canned-subgraph.ts';
import { events, productOf, products, subject, tickOf, ticks } from './graph.ts';

const [folder, natsUrl] = process.argv.slice(2);
if (!folder || !natsUrl) throw new Error('expected a folder and the URL of NATS');

const log = { info: () => {}, debug: () => {}, warn: console.error, error: console.error };
const bus = await openNatsBus({ url: natsUrl, name: 'bench', log });
await bus.ensureStreams([
  {
    name: 'BENCH',
    subjects: ['bench.>'],
    kind: 'log',
    maxAgeMs: 3_600_000,
    maxMessages: 1_000_000,
    duplicateWindowMs: 10_000,
  },
]);

const productsSubgraph = await serveCanned(
  buildSubgraphSchema([
    {
      typeDefs: parse(products),
      resolvers: {
        Query: { product: (_: unknown, { upc }: { upc: string }) => productOf(upc) },
        Product: { __resolveReference: ({ upc }: { upc: string }) => productOf(upc) },
      },
    },
  ]),
);

/** One who listens, by what he has asked. */
type Listener = (payload: string) => void;
const listeners = new Map<string, Set<Listener>>();
const schema = buildSubgraphSchema([{ typeDefs: parse(ticks) }]);

function listen(query: string, listener: Listener): () => void {
  const same = listeners.get(query) ?? new Set();
  listeners.set(query, same.add(listener));
  return () => same.delete(listener);
}

async function emit(serial: number): Promise<void> {
  const tick = tickOf(serial);
  for (const [query, same] of listeners) {
    if (same.size === 0) continue;
    const payload = JSON.stringify(await execute({ schema, document: parse(query), rootValue: { tick } }));
    for (const listener of same) listener(payload);
  }
  await bus.publish(subject, tick, { messageId: `tick-${process.pid}-${serial}` });
}

const ticksSubgraph = await serveCanned(schema);
const [answerOnce] = ticksSubgraph.server.listeners('request') as [(...args: unknown[]) => void];
ticksSubgraph.server.removeAllListeners('request').on('request', (request, response: ServerResponse) => {
  if (!String(request.headers.accept).includes('text/event-stream')) {
    answerOnce(request, response);
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
    const query =
      request.method === 'GET'
        ? new URL(request.url ?? '/', 'http://ticks').searchParams.get('query')
        : JSON.parse(body).query;
    const leave = listen(query, (payload) => {
      response.write(`event: next\ndata: ${payload}\n\n`);
    });
    response.on('close', leave);
  });
});
const sockets = new WebSocketServer({
  server: ticksSubgraph.server,
  path: '/graphql',
  handleProtocols: () => 'graphql-transport-ws',
});
sockets.on('connection', (socket: WebSocket) => {
  const leaving = new Map<string, () => void>();
  socket.on('message', (text) => {
    const { type, id, payload } = JSON.parse(String(text));
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type === 'ping') socket.send('{"type":"pong"}');
    if (type === 'complete') leaving.get(id)?.();
    if (type !== 'subscribe') return;
    const start = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    leaving.set(
      id,
      listen(payload.query, (result) => socket.send(`${start}${result}}`)),
    );
  });
  socket.on('close', () => {
    for (const leave of leaving.values()) leave();
  });
});

for (const [name, eventSide] of [
  ['events', { name: 'ticks', url: 'nats://bus', typeDefs: parse(events) }],
  ['subgraphs', { name: 'ticks', url: ticksSubgraph.url, typeDefs: parse(ticks) }],
] as const) {
  const { supergraphSdl, errors } = composeServices([
    eventSide,
    { name: 'products', url: productsSubgraph.url, typeDefs: parse(products) },
  ]);
  if (!supergraphSdl) throw new Error(errors?.map(({ message }) => message).join('\n'));
  writeFileSync(join(folder, `${name}.graphql`), supergraphSdl);
}

/** `POST /?first=N&count=M` emits events one right after another; the answer comes when all are out. */
const control = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://control');
  const first = Number(searchParams.get('first'));
  for (let i = 0; i < Number(searchParams.get('count')); i++) await emit(first + i);
  response.end(JSON.stringify({ fetches: productsSubgraph.requests }));
});
control.listen(0, '127.0.0.1', () => {
  const address = control.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const urls = {
    ticks: ticksSubgraph.url,
    products: productsSubgraph.url,
    control: `http://127.0.0.1:${port}/`,
  };
  console.log(`READY ${JSON.stringify(urls)}`);
});
