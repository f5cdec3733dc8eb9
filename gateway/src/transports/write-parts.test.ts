import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { writeParts } from './write-parts.ts';

test('parts are made no faster than the client reads, and no longer than he stays', async () => {
  let made = 0;
  const ended = Promise.withResolvers<void>();
  async function* endless() {
    try {
      for (;;) {
        made++;
        yield 'x'.repeat(65_536);
        // As parts come: never all in one turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      ended.resolve();
    }
  }
  const server = createServer((_, response) => {
    void writeParts(response, { status: 200, headers: new Map() as never }, endless());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = request({ port: (server.address() as AddressInfo).port }).end();
  const [response] = await once(client, 'response');
  response.pause();
  // Until what is made is what the buffers between us hold.
  let before = -1;
  while (before !== made) {
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(made * 65_536).toBeLessThan(32 * 1_048_576);
  response.resume();
  while (made === before) await new Promise((resolve) => setTimeout(resolve, 10));
  client.destroy();
  await ended.promise;
  server.close();
});
