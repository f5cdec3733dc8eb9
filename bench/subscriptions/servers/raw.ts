/** The limit: `node raw.ts <ticks>` makes one string of an event and sends it to every socket. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answerOf } from '../graph.ts';
import { followTicks } from './follow-ticks.ts';

const server = createServer();
const sockets = new WebSocketServer({
  server,
  path: '/graphql',
  handleProtocols: () => 'graphql-transport-ws',
});
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    if (String(data).includes('connection_init')) socket.send('{"type":"connection_ack"}');
  });
});
await followTicks(process.argv[2]!, (serial) => {
  const text = JSON.stringify({ id: 'all', type: 'next', payload: answerOf(serial) });
  for (const socket of sockets.clients) socket.send(text);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`READY ${JSON.stringify({ url: `http://127.0.0.1:${port}/graphql` })}`);
});
