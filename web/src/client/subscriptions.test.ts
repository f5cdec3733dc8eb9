import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildSchema, type ExecutionResult } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { session, signIn, signOut } from '../session/session.ts';
import type { Operation } from './operation.ts';
import { connection, subscribe, watchConnection } from './subscriptions.ts';

const COUNT: Operation<{ count: number }, Record<string, never>> = {
  kind: 'subscription',
  name: 'Count',
  text: 'subscription Count { count }',
};

const token = (sub: string) =>
  `e30.${Buffer.from(JSON.stringify({ sub, role: 'customer' })).toString('base64url')}.x`;

let server: Server;
let sockets: WebSocketServer;
/** The authorization of every connection, in their order. */
let connected: unknown[];
let stop: () => void = () => undefined;

beforeEach(async () => {
  connected = [];
  const schema = buildSchema('type Query { x: Int } type Subscription { count: Int! }');
  server = createServer();
  sockets = new WebSocketServer({ server, path: '/graphql' });
  useServer(
    {
      schema,
      onConnect({ connectionParams, extra }) {
        connected.push(connectionParams?.authorization);
        if (connectionParams?.authorization === `Bearer ${token('late')}`)
          extra.socket.close(4403, 'TOKEN_EXPIRED: it was good until yesterday');
        return connectionParams?.authorization !== `Bearer ${token('nobody')}`;
      },
      async *subscribe(): AsyncGenerator<ExecutionResult> {
        yield { data: { count: connected.length } };
        await new Promise(() => undefined);
      },
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // the only thing of the browser that the client asks for, besides the WebSocket that Node has too
  Object.defineProperty(globalThis, 'location', {
    configurable: true,
    value: { protocol: 'http:', host: `127.0.0.1:${port}` },
  });
});

afterEach(async () => {
  stop();
  signOut();
  for (const socket of sockets.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
  Reflect.deleteProperty(globalThis, 'location');
});

/** The messages of a subscription, one promise after the other. */
function counts(resumed: () => void = () => undefined) {
  const seen: number[] = [];
  const waiting: (() => void)[] = [];
  const failures: string[] = [];
  const wake = () => waiting.splice(0).forEach((resolve) => void resolve());
  stop = subscribe(
    COUNT,
    {},
    {
      message: ({ count }) => {
        seen.push(count);
        wake();
      },
      failed: ({ code }) => {
        failures.push(code);
        wake();
      },
      resumed,
    },
  );
  const until = async (true_: () => boolean) => {
    while (!true_()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { seen, failures, until };
}

test('a lost socket is opened again, subscribes again and says so', async () => {
  signIn(token('anna'));
  let resumed = 0;
  const stream = counts(() => {
    resumed += 1;
  });
  await stream.until(() => stream.seen.length === 1);
  expect([connection(), resumed]).toEqual(['live', 0]);
  const states: string[] = [];
  const stopWatching = watchConnection(() => states.push(connection()));
  for (const socket of sockets.clients) socket.terminate();
  await stream.until(() => stream.seen.length === 2);
  stopWatching();
  expect(states).toEqual(['lost', 'live']);
  expect([stream.seen, stream.failures, resumed]).toEqual([[1, 2], [], 1]);
});

test('somebody else has a socket of their own', async () => {
  signIn(token('anna'));
  const first = counts();
  await first.until(() => first.seen.length === 1);
  stop();
  signIn(token('boris'));
  const second = counts();
  await second.until(() => second.seen.length === 1);
  expect(connected).toEqual([`Bearer ${token('anna')}`, `Bearer ${token('boris')}`]);
});

test('a refused token ends the session and is not tried again', async () => {
  signIn(token('nobody'));
  const stream = counts();
  await stream.until(() => stream.failures.length > 0);
  expect(stream.failures).toEqual(['UNAUTHENTICATED']);
  expect(session()).toEqual({ token: null, claims: null, ended: 'REFUSED' });
  expect(connected).toHaveLength(1);
});

test('a token that has run out is told from one that was refused', async () => {
  signIn(token('late'));
  const stream = counts();
  await stream.until(() => stream.failures.length > 0);
  expect([stream.failures, session().ended]).toEqual([['TOKEN_EXPIRED'], 'EXPIRED']);
});
