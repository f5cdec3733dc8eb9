import { setTimeout } from 'node:timers/promises';
import type { Bus } from '@alexandrite/bus';
import { openLocalBus } from '@alexandrite/bus/local';
import { openNatsBus } from '@alexandrite/bus/nats';
import { Closers } from '@alexandrite/lifecycle/closers';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Dice } from '../../e2e/harness/dice.ts';
import { serverBinary, startNats } from '../../e2e/harness/servers.ts';
import type { GraphqlAnswer } from './federation.ts';
import { connect, subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

const seed = Number(process.env.NO_GAP_SEED ?? 20_261_122);
const ids = ['north', 'south', 'deep'];
const clients = 6;
const visits = 8;
const settings = { subscriptions: { cursorSecret: 'a secret that signs the cursors of tests' } };
const query = 'subscription R($id: ID!) { reading(id: $id) { serial degrees station { serial name } } }';

interface Reading {
  serial: number;
  degrees: number;
  station: { serial: number };
}
const readingOf = ({ data }: GraphqlAnswer) => (data as { reading: Reading }).reading;

const { log } = memoryLog();
const buses: Record<string, (use: <T extends AsyncDisposable>(resource: T) => T) => Promise<Bus>> = {
  'the local bus': () => openLocalBus({ log }),
  NATS: async (use) => openNatsBus({ url: use(await startNats()).url, name: 'gateway', log }),
};

for (const [name, open] of Object.entries(buses)) {
  const run = name === 'NATS' && !serverBinary('nats-server') ? describe.skip : describe;
  run(`over ${name}`, () => {
    const closers = new Closers();
    let world: StationWorld;
    beforeAll(async () => {
      const bus = closers.use(await open((resource) => closers.use(resource, 'the broker')), 'the bus');
      world = closers.use(await startStations({ settings }, bus), 'the world');
    });
    afterAll(async () => {
      await closers[Symbol.asyncDispose]();
    });

    test(`state and stream join without gap or overlap, whenever it changes (seed ${seed})`, async () => {
      // As services with an outbox do: the change is there, its event comes a little later, in its order.
      const outbox = new Map<string, Promise<void>>();
      const moments = new Dice(seed);
      let going = true;
      const changing = (async () => {
        for (let degrees = 0; going; degrees++) {
          const id = moments.one(ids);
          const station = world.stations.get(id)!;
          const changed = { ...station, degrees, serial: station.serial + 1 };
          const lateMs = moments.between(0, 8);
          world.stations.set(id, changed);
          const publishing = Promise.all([outbox.get(id), setTimeout(lateMs)]).then(() =>
            world.publish(`readings.ada.${id}`, {
              station: { id, serial: changed.serial },
              degrees,
              serial: changed.serial,
              sky: 'CLEAR',
            }),
          );
          outbox.set(id, publishing);
          await setTimeout(moments.between(0, 6));
        }
      })();
      // The state is read some time after it was asked for, or told some time after it was read.
      const answers = new Dice(seed + 1);
      world.federation.subgraphs.weather!.intercept = async () => {
        await setTimeout(answers.between(0, 12));
        return undefined;
      };
      const heard = { messages: 0, resumed: 0 };
      try {
        await Promise.all(
          Array.from({ length: clients }, (_, index) => visit(new Dice(seed + 2 + index), heard)),
        );
      } finally {
        going = false;
        await changing;
        world.federation.subgraphs.weather!.intercept = undefined;
      }
      await Promise.all(outbox.values());
      expect(heard.messages).toBeGreaterThan(clients * visits * 3);
      expect(heard.resumed).toBeGreaterThan(0);
    });

    /** Comes and goes, sometimes back to where it was; all that it hears must be in a row. */
    async function visit(dice: Dice, heard: { messages: number; resumed: number }): Promise<void> {
      for (let round = 0; round < visits; round++) {
        const id = dice.one(ids);
        let last: number | undefined;
        let cursor: unknown;
        const returns = dice.next() < 0.5 ? 2 : 1;
        for (let time = 0; time < returns; time++) {
          await setTimeout(dice.between(0, 15));
          const client = connect(world.federation.url);
          await using stream = subscribe(client, query, { id }, cursor ? { resumeFrom: cursor } : undefined);
          if (cursor) heard.resumed++;
          for (let count = Math.ceil(dice.between(3, 12)); count > 0; count--) {
            const message = await stream.next();
            const { serial, station } = readingOf(message);
            const before = last ?? serial - 1;
            expect({ seed, id, round, time, serial, gap: message.extensions?.gap }).toEqual({
              ...{ seed, id, round, time, gap: undefined },
              serial: before + 1,
            });
            // What is asked of others is never older than the event.
            expect(station.serial).toBeGreaterThanOrEqual(serial);
            last = serial;
            cursor = message.extensions?.cursor;
            heard.messages++;
          }
          await client.dispose();
        }
      }
    }
  });
}
