/**
 * Many clients in a process of their own: `node clients.ts <url> <how many> <own address>`. Over standard input a line
 * `expect <last serial>`; the answer is a line `ALL {…}` when every client has had that event.
 */
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { operation } from './graph.ts';

const [url, howMany, localAddress] = process.argv.slice(2);
const count = Number(howMany);
const AT_A_TIME = 50;

/** Of every client the last serial, when that came, and how many messages. */
const last = new Int32Array(count).fill(-1);
const at = new Float64Array(count);
const received = new Int32Array(count);
let expected = -1;
let waiting = 0;

const serialOf = /"serial":(\d+)/;

function connect(index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url!, 'graphql-transport-ws', {
      perMessageDeflate: false,
      localAddress: localAddress!,
    });
    socket.on('error', reject);
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('close', (code) => {
      complain(`client ${index} was closed with ${code}`);
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      if (text.includes('connection_ack')) {
        const id = `client-${index}-${crypto.randomUUID()}`;
        socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query: operation } }));
        resolve();
        return;
      }
      const serial = serialOf.exec(text)?.[1];
      if (serial === undefined) {
        if (text.includes('"ping"')) socket.send('{"type":"pong"}');
        else if (!text.includes('"pong"')) complain(`client ${index} received ${text.slice(0, 500)}`);
        return;
      }
      const before = last[index]!;
      last[index] = Number(serial);
      at[index] = Date.now();
      received[index] = received[index]! + 1;
      if (before < expected && Number(serial) >= expected) {
        waiting -= 1;
        if (waiting === 0) tellAll();
      }
    });
  });
}

/** Whatever is not an event ends it all: figures of a part would be no figures. */
function complain(what: string): never {
  console.error(what);
  process.exit(1);
}

function tellAll(): void {
  const messages = received.reduce((sum, each) => sum + each, 0);
  received.fill(0);
  console.log(`ALL ${JSON.stringify({ at: [...at], messages })}`);
}

for (let first = 0; first < count; first += AT_A_TIME) {
  const group = Array.from({ length: Math.min(AT_A_TIME, count - first) }, (_, i) => connect(first + i));
  await Promise.all(group);
}
createInterface({ input: process.stdin }).on('line', (line) => {
  expected = Number(line.split(' ')[1]);
  waiting = last.filter((serial) => serial < expected).length;
  if (waiting === 0) tellAll();
});
console.log(`READY ${JSON.stringify({ clients: howMany })}`);
