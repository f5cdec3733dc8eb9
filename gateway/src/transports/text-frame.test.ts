import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { bytesOf, frameHeader, LastBytes } from './text-frame.ts';

const texts = [
  ...[0, 1, 125, 126, 127, 65_535, 65_536, 200_000].map((length) => 'x'.repeat(length)),
  'Кольцо é 指輪 💍',
];

test('frames of any length and script are read as they were', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    upgrades.handleUpgrade(request, socket, head, () => {
      for (const bytes of texts.map(bytesOf)) socket.write(frameHeader(bytes.length) + bytes, 'latin1');
    });
  });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const received: string[] = [];
  const all = Promise.withResolvers<void>();
  client.on('error', all.reject);
  client.on('message', (data) => {
    received.push(String(data));
    if (received.length === texts.length) all.resolve();
  });
  await all.promise;
  client.terminate();
  server.closeAllConnections();
  server.close();
  expect(received).toEqual(texts);
});

test('the bytes of a text are made once for those who are given it in a row', () => {
  const last = new LastBytes('}');
  expect(last.of('é')).toBe('Ã©}');
  expect(last.of('é')).toBe('Ã©}');
  expect(last.of('')).toBe('}');
  expect(last.of('e')).toBe('e}');
});
