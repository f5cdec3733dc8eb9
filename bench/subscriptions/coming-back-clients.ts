/**
 * Clients that lose their connection and come back with their cursors: `node coming-back-clients.ts <url> <how many>
 * <own address>`. Over standard input: `drop <ms>` cuts each at a moment of its own within so many ms, and is answered by
 * `DROPPED {…}`; `return` by `BACK {…}` when all have asked again; `expect <serial>` by `ALL {…}` when each has had it.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { operation } from './graph.ts';

const [url, howMany, localAddress] = process.argv.slice(2);
const AT_A_TIME = 50;

interface Client {
  id: string;
  socket: WebSocket | undefined;
  cursor: string | undefined;
  /** Of the last event; -1 before the first. */
  serial: number;
  lost: number;
  doubled: number;
  gaps: number;
  /** Events that he has had twice or missed would be hidden by those that never came. */
  received: number;
}

const clients: Client[] = Array.from({ length: Number(howMany) }, (_, index) => ({
  id: `client-${index}`,
  socket: undefined,
  cursor: undefined,
  serial: -1,
  lost: 0,
  doubled: 0,
  gaps: 0,
  received: 0,
}));
let expected = Number.POSITIVE_INFINITY;
let waiting = 0;

function connect(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url!, 'graphql-transport-ws', {
      perMessageDeflate: false,
      localAddress: localAddress!,
    });
    client.socket = socket;
    socket.on('error', reject);
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('close', (code) => {
      if (client.socket === socket) complain(`${client.id} was closed with ${code}`);
    });
    socket.on('message', (data: Buffer) => {
      // Dropped: what was read already is as lost to him as what was not.
      if (client.socket !== socket) return;
      const { type, payload } = JSON.parse(String(data));
      if (type === 'connection_ack') {
        const extensions = client.cursor === undefined ? {} : { resumeFrom: client.cursor };
        const asked = { query: operation, extensions };
        socket.send(JSON.stringify({ type: 'subscribe', id: client.id, payload: asked }), () => resolve());
      } else if (type === 'ping') socket.send('{"type":"pong"}');
      else if (type === 'next' && payload.data) take(client, payload);
      else if (type !== 'pong') complain(`${client.id} received ${String(data).slice(0, 500)}`);
    });
  });
}

interface Payload {
  data: { tick: { serial: number; product: { name: string } } };
  extensions: { cursor: string; gap?: unknown };
}

function take(client: Client, { data, extensions }: Payload): void {
  const { serial, product } = data.tick;
  if (!product.name) complain(`${client.id} received an event without its product`);
  if (extensions.gap) client.gaps++;
  client.cursor = extensions.cursor;
  client.received++;
  if (client.serial >= 0 && serial <= client.serial) {
    client.doubled++;
    return;
  }
  if (client.serial >= 0) client.lost += serial - client.serial - 1;
  if (client.serial < expected && serial >= expected && --waiting === 0) tellAll();
  client.serial = serial;
}

/** Whatever is not an event ends it all: figures of a part would be no figures. */
function complain(what: string): never {
  console.error(what);
  process.exit(1);
}

function tellAll(): void {
  const sum = (of: 'lost' | 'doubled' | 'gaps' | 'received') =>
    clients.reduce((total, client) => total + client[of], 0);
  const figures = {
    lost: sum('lost'),
    doubled: sum('doubled'),
    gaps: sum('gaps'),
    received: sum('received'),
  };
  console.log(`ALL ${JSON.stringify(figures)}`);
}

async function connectAll(): Promise<void> {
  for (let first = 0; first < clients.length; first += AT_A_TIME) {
    await Promise.all(clients.slice(first, first + AT_A_TIME).map(connect));
  }
}

async function drop(withinMs: number): Promise<void> {
  await Promise.all(
    clients.map(async (client) => {
      await delay(Math.random() * withinMs);
      const { socket } = client;
      client.socket = undefined;
      socket?.terminate();
    }),
  );
  console.log(`DROPPED ${JSON.stringify({ places: new Set(clients.map(({ serial }) => serial)).size })}`);
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const [command, argument] = line.split(' ');
  if (command === 'drop') await drop(Number(argument));
  else if (command === 'return') {
    await connectAll();
    console.log('BACK {}');
  } else if (command === 'expect') {
    expected = Number(argument);
    waiting = clients.filter(({ serial }) => serial < expected).length;
    if (waiting === 0) tellAll();
  }
});
await connectAll();
console.log('READY {}');
