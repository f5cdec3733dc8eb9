import { type Bus, BusError } from '@alexandrite/bus';
import { openNatsBus } from '@alexandrite/bus/nats';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { serverBinary, startNats, type TestServer } from '../../e2e/harness/servers.ts';
import type { GraphqlAnswer } from './federation.ts';
import { connect, subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

const reading = 'subscription R($id: ID!) { reading(id: $id) { serial station { name } } }';
const serialOf = ({ data }: GraphqlAnswer) => (data as { reading: { serial: number } }).reading.serial;

(serverBinary('nats-server') ? describe : describe.skip)('when the broker is killed', () => {
  let server: TestServer;
  let bus: Bus;
  let world: StationWorld;
  const clients: Client[] = [];
  beforeAll(async () => {
    server = await startNats();
    bus = await openNatsBus({ url: server.url, name: 'gateway', log: memoryLog().log });
    world = await startStations({}, bus);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
  });
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    await bus?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** As a service does: the change is there at once, its event when the broker takes it. */
  async function measureSurely(id: string, degrees: number): Promise<void> {
    const before = world.stations.get(id)!;
    for (;;) {
      try {
        await world.measure(id, degrees);
        return;
      } catch (error) {
        if (!(error instanceof BusError) || error.code !== 'UNAVAILABLE') throw error;
        world.stations.set(id, before);
      }
    }
  }

  /** What the client of graphql-ws is told beside the results. */
  function listening() {
    const told: unknown[] = [];
    const waiting: (() => void)[] = [];
    const client = connect(world.federation.url, {
      on: {
        ping(received, payload) {
          if (!received) return;
          told.push(payload);
          for (const wake of waiting.splice(0)) wake();
        },
      },
    });
    clients.push(client);
    return {
      client,
      async until(count: number): Promise<unknown[]> {
        while (told.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
        return told;
      },
    };
  }

  test('clients are told, and get what happened meanwhile when it is back', async () => {
    const { client, until } = listening();
    await using stream = subscribe(client, reading, { id: 'north' });
    await using another = subscribe(client, reading, { id: 'south' });
    await using noticing = subscribe(client, reading, { id: 'north' }, { notices: true });
    const events = await fetch(
      `${world.federation.url}/graphql?query=${encodeURIComponent('subscription { reading(id: "north") { serial } }')}`,
      { headers: { accept: 'text/event-stream' } },
    );
    const text = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    const before = serialOf(await stream.next());
    await another.next();
    await noticing.next();

    await server.kill();
    expect(await until(1)).toEqual([{ stale: true }]);
    expect(await noticing.next()).toMatchObject({ data: null, extensions: { stale: true } });
    // The state can be had all the same: only its changes do not come.
    expect(await world.federation.ask('{ reading(id: "north") { serial } }')).toMatchObject({
      data: { reading: { serial: before } },
    });
    const changing = measureSurely('north', 5).then(() => measureSurely('north', 6));
    await server.start();
    await changing;
    expect([serialOf(await stream.next()), serialOf(await stream.next())]).toEqual([before + 1, before + 2]);
    expect(await until(2)).toEqual([{ stale: true }, { stale: false }]);
    expect(stream.waiting).toBe(0);
    let heard = '';
    // In any order: whoever watches the bus looks now and then.
    const all = [`"serial":${before + 2}`, ': {"stale":false}\n\n'];
    while (!all.every((part) => heard.includes(part))) heard += (await text.read()).value;
    expect(heard).toContain('\n: {"stale":true}\n\n');
    expect(heard).not.toContain('gap');
    await text.cancel();
    const noticed = [await noticing.next(), await noticing.next(), await noticing.next()];
    expect(noticed.filter(({ data }) => data === null)).toMatchObject([{ extensions: { stale: false } }]);
    expect(noticed.filter(({ data }) => data !== null).map(serialOf)).toEqual([before + 1, before + 2]);
  });

  test('and its streams are lost, clients are told of the gap and begin again with the state', async () => {
    const { client, until } = listening();
    await using stream = subscribe(client, reading, { id: 'deep' });
    const before = serialOf(await stream.next());
    await measureSurely('deep', 1);
    await stream.next();

    await server.kill();
    await until(1);
    await server.wipe();
    // What nobody was told.
    const changed = { ...world.stations.get('deep')!, serial: before + 4 };
    world.stations.set('deep', changed);
    await server.start();
    const limits = { maxAgeMs: 600_000, maxMessages: 1_000, duplicateWindowMs: 60_000, kind: 'log' as const };
    await bus.ensureStreams([
      { name: 'READINGS', subjects: ['readings.>'], ...limits },
      { name: 'OTHERS', subjects: ['overview.>', 'alarms'], ...limits },
    ]);
    const again = await stream.next();
    expect(serialOf(again)).toBe(before + 4);
    expect(again.extensions).toMatchObject({ gap: { missed: 2, reason: 'RETENTION' } });
    await measureSurely('deep', 2);
    expect(serialOf(await stream.next())).toBe(before + 5);
  });
});
