import { createSecretKey } from 'node:crypto';
import { signToken } from '@alexandrite/auth/token';
import { afterEach, describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { authSecret, startHarbour } from './harbour.ts';
import { eventually, replace } from './reload-world.ts';
import { connect, subscribe } from './socket-client.ts';

const token = async (sub: string) =>
  `Bearer ${await signToken(createSecretKey(Buffer.from(authSecret)), { sub, role: 'customer' }, 600)}`;

/** Of whom the gateway speaks. */
function whose(told: Record<string, unknown>): string {
  const [, payload] = String(told['x-gateway-context']).split('.');
  return JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()).claims.sub;
}

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});

function client(url: string, authorization?: string): Client {
  const made = connect(url, authorization ? { connectionParams: { authorization } } : {});
  clients.push(made);
  return made;
}

const arrived = 'subscription A($harbour: ID!) { a: arrived(harbour: $harbour) { id t: tons name } }';
const here = { harbour: 'here' };
const gapOf = (reason: string) => ({ gap: { missed: null, reason } });

describe.each(['ws', 'sse'] as const)('subscriptions of a subgraph over %s', (protocol) => {
  test('are shared, and what others know of their entities is fetched once for each event', async () => {
    await using world = await startHarbour({ protocol });
    const { ships, harbour, registry } = world;
    const streams = Array.from({ length: 10 }, () => subscribe(client(world.url), arrived, here));
    await eventually('all have subscribed', async () => (await world.listeners()) === 10);
    await eventually('the subgraph serves one', () => ships.listeners === 1);
    expect(harbour.running.size).toBe(1);
    expect(await world.metric('gateway_subgraph_subscriptions{subgraph="harbour"')).toBe(1);
    for (const tons of [5, 6]) {
      ships.publish({ id: 'x', tons });
      for (const stream of streams) {
        expect(await stream.next()).toEqual({ data: { a: { id: 'x', t: tons, name: 'Ship x' } } });
      }
    }
    expect(registry.seen.length).toBe(2);
    // The last one who leaves ends it.
    for (const stream of streams) await stream[Symbol.asyncDispose]();
    await eventually('the subgraph is told', () => ships.listeners === 0 && harbour.running.size === 0);
    await eventually('its socket is closed', () => harbour.sockets.size === 0);
    expect(await world.metric('gateway_subgraph_subscriptions{subgraph="harbour"')).toBe(0);
  });

  test('go on when the subgraph was away, and clients are told that they may have missed something', async () => {
    await using world = await startHarbour({ protocol });
    const { ships, harbour } = world;
    await using stream = subscribe(client(world.url), arrived, here);
    await eventually('it listens', () => ships.listeners === 1);
    ships.publish({ id: 'x', tons: 1 });
    expect(await stream.next()).toMatchObject({ data: { a: { t: 1 } } });
    await harbour.kill();
    await eventually('it has gone', () => ships.listeners === 0);
    await harbour.start();
    await eventually('it listens again', () => ships.listeners === 1);
    ships.publish({ id: 'x', tons: 3 });
    ships.publish({ id: 'x', tons: 4 });
    expect(await stream.next()).toEqual({
      data: { a: { id: 'x', t: 3, name: 'Ship x' } },
      extensions: gapOf('SUBGRAPH_LOST'),
    });
    expect(await stream.next()).toEqual({ data: { a: { id: 'x', t: 4, name: 'Ship x' } } });
  });

  test('go on when the subgraph hangs', async () => {
    const impatient = protocol === 'ws' ? { keepAliveMs: 200 } : { maxSilenceMs: 300 };
    await using world = await startHarbour({ protocol, ...impatient });
    const { ships, harbour } = world;
    await using stream = subscribe(client(world.url), arrived, here);
    await eventually('it listens', () => ships.listeners === 1);
    harbour.freeze();
    await eventually('it is lost', async () => {
      return (await world.metric('gateway_subgraph_subscriptions_lost_total{subgraph="harbour"')) > 0;
    });
    let tons = 0;
    const heard = stream.next();
    const timer = setInterval(() => ships.publish({ id: 'x', tons: tons++ }), 20);
    expect(await heard.finally(() => clearInterval(timer))).toMatchObject({
      data: { a: { id: 'x' } },
      extensions: gapOf('SUBGRAPH_LOST'),
    });
  });

  test('end with a code when the subgraph stays away', async () => {
    await using world = await startHarbour({ protocol, giveUpAfterMs: 300 });
    await using stream = subscribe(client(world.url), arrived, here);
    await eventually('it listens', () => world.ships.listeners === 1);
    await world.harbour.kill();
    expect(await stream.ended).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
    await using later = subscribe(client(world.url), arrived, here);
    expect(await later.ended).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
  });

  test('end when the subgraph ends them', async () => {
    await using world = await startHarbour({ protocol });
    await using stream = subscribe(client(world.url), arrived, here);
    await eventually('it listens', () => world.ships.listeners === 1);
    world.ships.publish({ id: 'x', tons: 1 });
    world.ships.complete();
    expect(await stream.next()).toMatchObject({ data: { a: { t: 1 } } });
    expect(await stream.ended).toBeNull();
  });

  test('tell the errors of an event with their place, and go on', async () => {
    await using world = await startHarbour({ protocol }, { maskErrors: true });
    const { ships } = world;
    const query = 'subscription { arrived(harbour: "here") { id d: draught } }';
    await using stream = subscribe(client(world.url), query);
    await eventually('it listens', () => ships.listeners === 1);
    ships.publish({ id: 'x', tons: 1 });
    expect(await stream.next()).toMatchObject({
      data: { arrived: { id: 'x', d: null } },
      errors: [{ message: 'Something went wrong here.', path: ['arrived', 'd'], locations: [{ line: 1 }] }],
    });
    ships.publish(new GraphQLError('a ghost', { extensions: { code: 'GHOST' } }));
    expect(await stream.next()).toMatchObject({
      data: null,
      errors: [{ message: 'a ghost', path: ['arrived'], extensions: { code: 'GHOST' } }],
    });
    ships.publish({ id: 'y', tons: 1 });
    expect(await stream.next()).toMatchObject({ data: { arrived: { id: 'y' } } });
  });

  test('are refused with the subgraph’s own words', async () => {
    await using world = await startHarbour({ protocol });
    await using stream = subscribe(client(world.url), 'subscription { forbidden }');
    expect(await stream.ended).toMatchObject([{ message: 'not for you', extensions: { code: 'FORBIDDEN' } }]);
  });

  test('of different callers are different ones, and the subgraph knows whose', async () => {
    await using world = await startHarbour({ protocol });
    const { harbour, ships } = world;
    const [ada, bob] = [await token('ada'), await token('bob')];
    const mine = 'subscription { mine }';
    await using one = subscribe(client(world.url, ada), mine);
    await using same = subscribe(client(world.url, ada), mine);
    await using other = subscribe(client(world.url, bob), mine);
    await using another = subscribe(client(world.url, bob), arrived, here);
    await eventually('they listen', () => ships.listeners === 3);
    expect([...harbour.running].map(({ headers }) => whose(headers)).sort()).toEqual(['ada', 'bob', 'bob']);
    if (protocol === 'ws') {
      expect(harbour.sockets.size).toBe(2);
      expect(harbour.introduced.map(whose).sort()).toEqual(['ada', 'bob']);
    }
    ships.publish({ id: 'x', tons: 7 });
    for (const stream of [one, same, other]) expect(await stream.next()).toEqual({ data: { mine: 7 } });
    expect(await another.next()).toMatchObject({ data: { a: { t: 7 } } });
  });

  test('have no cursors: who comes back begins with a gap', async () => {
    const cursorSecret = 'another secret of the tests, long enough';
    await using world = await startHarbour({ protocol }, { subscriptions: { cursorSecret } });
    await using stream = subscribe(client(world.url), arrived, here, { resumeFrom: 'anything' });
    await eventually('it listens', () => world.ships.listeners === 1);
    world.ships.publish({ id: 'x', tons: 1 });
    expect(await stream.next()).toEqual({
      data: { a: { id: 'x', t: 1, name: 'Ship x' } },
      extensions: gapOf('NOT_RESUMABLE'),
    });
  });

  test('of a subgraph that speaks otherwise are refused with a code', async () => {
    await using world = await startHarbour({ protocol, path: '/elsewhere' });
    world.harbour.intercept = (response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('no');
    };
    await using stream = subscribe(client(world.url), arrived, here);
    expect(await stream.ended).toMatchObject([
      { message: expect.stringContaining('"harbour"'), extensions: { code: 'SUBGRAPH_BAD_ANSWER' } },
    ]);
  });

  test('move with their subgraph when a new supergraph says where it is', async () => {
    await using world = await startHarbour({ protocol });
    const { ships, gateway } = world;
    await using stream = subscribe(client(world.url), arrived, here);
    await eventually('it listens', () => ships.listeners === 1);
    for (let tons = 0; tons < 3; tons++) {
      ships.publish({ id: 'x', tons });
      expect(await stream.next()).toMatchObject({ data: { a: { t: tons } } });
    }
    const moved = await world.move();
    replace(world.file, moved.sdl);
    await gateway.reload();
    await eventually('it listens there', () => moved.ships.listeners === 1 && ships.listeners === 0);
    moved.ships.publish({ id: 'y', tons: 1 });
    expect(await stream.next()).toEqual({
      data: { a: { id: 'y', t: 1, name: 'Ship y' } },
      extensions: gapOf('SUPERGRAPH_CHANGED'),
    });
    // The generation before has nobody who uses it.
    await eventually('it has ended', async () => {
      return (await world.metric('gateway_supergraph_generations_alive')) === 1;
    });
  });

  test('go to slow clients as far as they read, and tell them how many are missing', async () => {
    await using world = await startHarbour({ protocol }, { subscriptions: { maxBuffered: 4 } });
    const socket = new WebSocket(`${world.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    let received = 0;
    let missed = 0;
    let last = -1;
    socket.on('message', (text) => {
      const { type, payload } = JSON.parse(String(text));
      const payloadOf = { query: 'subscription { arrived(harbour: "here") { id tons } }' };
      if (type === 'connection_ack')
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: payloadOf }));
      if (type !== 'next') return;
      received++;
      missed += payload.extensions?.gap.missed ?? 0;
      last = payload.data.arrived.tons;
    });
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    await eventually('it listens', () => world.ships.listeners === 1);
    socket.pause();
    const long = 'x'.repeat(200_000);
    let published = 0;
    while ((await world.metric('gateway_subscription_missed_total{field="arrived"')) < 10) {
      world.ships.publish({ id: long, tons: published++ });
      expect(published).toBeLessThan(1_000);
    }
    socket.resume();
    await eventually('the last one has come', () => last === published - 1);
    expect(received + missed).toBe(published);
    socket.terminate();
  });
});
