import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import { openNatsBus } from '@alexandrite/bus/nats';
import { type Closers, openAll } from '@alexandrite/lifecycle/closers';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { Dice } from '../../../e2e/harness/dice.ts';
import { freePort } from '../../../e2e/harness/free-port.ts';
import { startNats, type TestServer } from '../../../e2e/harness/servers.ts';
import { until } from '../../../e2e/harness/until.ts';
import { compose } from '../federation.ts';
import { type DurableAccount, DurableListener } from './durable-listener.ts';
import { durables, events, stream, weather } from './graph.ts';
import { type Account, Listener } from './listener.ts';
import { Victim } from './victim.ts';
import { World } from './world.ts';

export interface ChaosOptions {
  clients: number;
  /** In each round every victim is killed once, then a gateway together with broker or subgraph. */
  rounds: number;
  /** The same seed draws the same faults in the same order; their moments are the machine's. */
  seed: number;
  /** Changes a second. */
  rate: number;
  say: (line: string) => void;
}

export interface ChaosReport extends Account {
  /** Of durable subscribers, who keep nothing themselves. */
  durable: DurableAccount & { clients: number };
  clients: number;
  kills: Record<string, number>;
  changes: number;
  /** Attempts to publish that the broker, being away, did not take. */
  refusedPublications: number;
  seconds: number;
  /** Some of what was wrong. */
  wrongs: string[];
}

const gatewayMain = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const subgraphMain = fileURLToPath(new URL('subgraph-process.ts', import.meta.url));
const authSecret = 'a secret that signs the tokens of the chaos';
const plenty = { maximumAvailable: 1_000_000_000, restoreRate: 1_000_000_000 };
const upAgainMs = [200, 1_500] as const; // how long a victim stays away
const betweenMs = [200, 800] as const; // from one that works again to the next

/**
 * Two gateways, the broker and the subgraph are killed with -9 in turn, then one gateway together with what is behind it, and come
 * back, while what clients listen to changes all the time. Resolves when every client knows the last state of what it listens to.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { value, closers } = await openAll((closers) => open(options, closers));
  try {
    return await torment(options, value);
  } finally {
    await closers[Symbol.asyncDispose]();
  }
}

interface Stage {
  world: World;
  nats: TestServer;
  gateways: { url: string; victim: Victim }[];
  subgraph: Victim;
}

async function open({ clients, say }: ChaosOptions, closers: Closers): Promise<Stage> {
  const nats = closers.use(await startNats(), 'the broker');
  const bus = closers.use(
    await openNatsBus({ url: nats.url, name: 'world', log: memoryLog().log }),
    'the bus',
  );
  await bus.ensureStreams([stream, durables]);
  const world = closers.use(new World(bus, Math.max(4, Math.round(clients / 25))), 'the world');
  await world.open();

  const subgraphPort = await freePort();
  const subgraphUrl = `http://127.0.0.1:${subgraphPort}/graphql`;
  const answers = async () => {
    const body = JSON.stringify({ query: '{ __typename }' });
    return (await fetch(subgraphUrl, { method: 'POST', body })).ok;
  };
  const subgraphArguments = [String(subgraphPort), world.url];
  const subgraph = closers.use(
    new Victim('subgraph', subgraphMain, subgraphArguments, {}, answers),
    'the subgraph',
  );

  const folder = mkdtempSync(join(tmpdir(), 'gateway-chaos-'));
  closers.add('the folder', () => rmSync(folder, { recursive: true }));
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(
    supergraph,
    compose([
      { name: 'weather', sdl: weather, url: subgraphUrl },
      { name: 'events', sdl: events, url: 'bus://events' },
    ]),
  );
  const gateways = [];
  for (const name of ['gateway-1', 'gateway-2']) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const config = join(folder, `${name}.json`);
    const settings = {
      supergraph,
      port,
      logLevel: 'warn',
      rehearsalMs: 0,
      audiences: [{ when: { role: ['partner'] }, ...plenty, quotas: { durables: 1_000 } }],
      subscriptions: { durables: { subject: 'durables.gateway', maxUnacknowledged: 20 } },
    };
    writeFileSync(config, JSON.stringify(settings));
    const environment = {
      NATS_URL: nats.url,
      CURSOR_SECRET: 'a secret that signs the cursors of the chaos',
      AUTH_SECRET: authSecret,
    };
    const isReady = async () => (await fetch(`${url}/health/ready`)).ok;
    gateways.push({
      url,
      victim: closers.use(new Victim(name, gatewayMain, ['--config', config], environment, isReady), name),
    });
  }
  await Promise.all([subgraph, ...gateways.map(({ victim }) => victim)].map((victim) => victim.start()));
  say(`${gateways.map(({ url }) => url).join(' and ')} over ${nats.url}`);
  return { world, nats, gateways, subgraph };
}

async function torment(options: ChaosOptions, stage: Stage): Promise<ChaosReport> {
  const { clients, rounds, seed, rate, say } = options;
  const { world, nats, gateways, subgraph } = stage;
  const began = performance.now();
  const dice = new Dice(seed);
  const ids = [...world.stations.keys()];
  const urls = gateways.map(({ url }) => url);
  const listeners = Array.from(
    { length: clients },
    (_, index) => new Listener(ids[index % ids.length]!, urls, new Dice(seed + 1 + index)),
  );
  const partner = await signToken(
    sharedKey(authSecret, 'secret'),
    { sub: 'partner', role: 'partner' },
    36_000,
  );
  const booking = Array.from(
    { length: Math.ceil(clients / 10) },
    (_, index) =>
      new DurableListener(
        ids[index % ids.length]!,
        `d${index}`,
        `Bearer ${partner}`,
        urls,
        new Dice(seed - 2 - index),
      ),
  );
  const everybody = [...listeners, ...booking];
  await using _ = {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(everybody.map((listener) => listener[Symbol.asyncDispose]()));
    },
  };
  const all = (what: string, fits: (listener: Listener | DurableListener) => boolean) =>
    until(`all clients ${what}`, async () => everybody.every(fits), 120_000); // 2 minutes: machines are shared
  await all('have begun', ({ serial }) => serial !== null);

  let going = true;
  const changing = (async () => {
    const drawn = new Dice(seed - 1);
    for (let degrees = 1; going; degrees++) {
      world.change(drawn.one(ids), degrees);
      await setTimeout(1_000 / rate);
    }
  })();

  const kills: Record<string, number> = {};
  // In the order in which they are started again: a gateway does not begin without its broker.
  const victims = [
    { name: 'nats', kill: () => nats.kill(), start: () => nats.start() },
    subgraph,
    ...gateways.map(({ victim }) => victim),
  ];
  try {
    for (let round = 0; round < rounds; round++) {
      const order = dice.shuffled(victims);
      // All clients have fled from the gateway that fell last to the one that fell first.
      const crowded = order.find(({ name }) => name.startsWith('gateway'))!;
      const behind = dice.one(order.filter(({ name }) => !name.startsWith('gateway')));
      for (const struck of [...order.map((victim) => [victim]), [crowded, behind]]) {
        const names = struck.map(({ name }) => name).join(' and ');
        for (const victim of struck) {
          await victim.kill();
          kills[victim.name] = (kills[victim.name] ?? 0) + 1;
        }
        await setTimeout(dice.between(...upAgainMs));
        for (const victim of victims) if (struck.includes(victim)) await victim.start();
        // Everybody has caught up with what was true when they came back.
        const then = new Map([...world.stations].map(([id, { serial }]) => [id, serial]));
        await all(`have heard all since ${names} fell`, ({ id, serial }) => serial! >= then.get(id)!);
        say(`round ${round + 1}: ${names} fell, and all ${clients} clients have caught up`);
        await setTimeout(dice.between(...betweenMs));
      }
    }
  } finally {
    going = false;
    await changing;
  }
  await world.settled();
  await all('know the last state', ({ id, serial }) => serial! >= world.stations.get(id)!.serial);
  return {
    clients,
    kills,
    changes: world.published,
    refusedPublications: world.refused,
    ...sum(listeners.map(({ account }) => account)),
    seconds: Math.round((performance.now() - began) / 100) / 10,
    durable: { clients: booking.length, ...sum(booking.map(({ account }) => account)) },
    wrongs: everybody.flatMap(({ wrongs }) => wrongs).slice(0, 20),
  };
}

type Counts = Record<string, number | Record<string, number>>;

/** Numbers added up, also those by code. */
function sum<T extends object>(accounts: readonly T[]): T {
  const whole: Counts = {};
  for (const account of accounts) {
    for (const [name, value] of Object.entries(account)) {
      whole[name] =
        typeof value === 'number' ? ((whole[name] as number) ?? 0) + value : addTo(whole[name], value);
    }
  }
  return whole as T;
}

function addTo(counts: Counts[string] = {}, more: Record<string, number>): Record<string, number> {
  const sums = { ...(counts as Record<string, number>) };
  for (const [code, times] of Object.entries(more)) sums[code] = (sums[code] ?? 0) + times;
  return sums;
}
