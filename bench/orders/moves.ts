import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openNatsBus } from '@alexandrite/bus/nats';
import { startPostgres } from '@alexandrite/local/postgres';
import type { System } from '@alexandrite/schema/order-status';
import { streams } from '@alexandrite/schema/subjects';
import { createLog } from '@alexandrite/telemetry/log';
import { startNats, startRedis } from '../../e2e/harness/servers.ts';
import type { Bench, Report } from '../src/bench.ts';
import { wholeNumber } from '../src/flags.ts';
import { say } from '../src/progress.ts';
import { plainSql } from './plain-sql.ts';
import { movesPerOrder } from './way.ts';

export const bench: Bench = {
  summary:
    'moves of orders through outbox, NATS and inbox, one process of each system, beside the same SQL without a bus',
  usage: [
    '--orders N        of ten moves each; default 1000',
    '--at-a-time N     of each system; default 32',
  ].join('\n'),
  programs: ['nats-server', 'redis-server'],
  peers: false,
  run,
};

const systems = ['SHOP', 'CRM', 'MES'] as const satisfies System[];

async function run(argv: string[]): Promise<Report> {
  const { values } = parseArgs({
    args: argv,
    options: { orders: { type: 'string', default: '1000' }, 'at-a-time': { type: 'string', default: '32' } },
  });
  const orders = wholeNumber('orders', values.orders, 10, 1_000_000);
  const atATime = wholeNumber('at-a-time', values['at-a-time'], 1, 1_000);

  const folder = await mkdtemp(join(tmpdir(), 'bench-moves-'));
  const names = systems.flatMap((system) => [`sql_${system}`, `warm_${system}`, `moves_${system}`]);
  await using postgres = await startPostgres({ dataDir: join(folder, 'postgres'), databases: names });
  const urls = (kind: string) =>
    Object.fromEntries(systems.map((system) => [system, postgres.url(`${kind}_${system}`)])) as Record<
      System,
      string
    >;
  try {
    say('warming up');
    await relay(urls('warm'), Math.min(orders, 100), atATime);
    say(`the limit: the same statements for ${orders} orders, without a bus`);
    const limit = await plainSql(urls('sql'), orders, atATime);
    say(`${orders} orders through outbox, NATS and inbox`);
    const moved = await relay(urls('moves'), orders, atATime);
    const rounded = (value: number) => Math.round(value);
    return {
      tables: [
        {
          title: `${orders} orders of ${movesPerOrder} moves, each known to all three systems, ${atATime} at a time`,
          head: ['what', 'moves/s'],
          rows: [
            ['outbox → NATS → inbox, three processes', rounded(moved.rate)],
            ['the same SQL alone, one process', rounded(limit)],
          ],
          notes: [
            'PostgreSQL writes to disk at each commit; a move is one transaction by its holder and one by each of the others.',
            `processor time of each move: ${systems.map((system) => `${system} ${((moved.cpu[system] * 1_000) / (orders * movesPerOrder)).toFixed(2)} ms`).join(', ')}`,
          ],
        },
      ],
      figures: {
        orders,
        moves: orders * movesPerOrder,
        atATime,
        movesPerSecond: rounded(moved.rate),
        sqlMovesPerSecond: rounded(limit),
        cpuSeconds: moved.cpu,
      },
    };
  } finally {
    await postgres[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** All orders from their beginning to their end, known to the last system; moves a second. */
async function relay(
  urls: Record<System, string>,
  orders: number,
  atATime: number,
): Promise<{ rate: number; cpu: Record<System, number> }> {
  await using nats = await startNats();
  await using redis = await startRedis();
  const log = createLog({ service: 'bench', level: 'error', destination: process.stderr });
  {
    await using bus = await openNatsBus({ url: nats.url, name: 'bench', log });
    await bus.ensureStreams(streams);
  }
  const script = fileURLToPath(new URL('mover.ts', import.meta.url));
  const children = systems.map((system) => {
    const args = [system, urls[system], nats.url, redis.url, String(orders), String(atATime)];
    return { system, child: fork(script, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }) };
  });
  try {
    const ends = Promise.race(
      children.map(async ({ system, child }) => {
        await once(child, 'exit');
        throw new Error(`the process of ${system} ended`);
      }),
    );
    await Promise.race([ends, Promise.all(children.map(({ child }) => once(child.stdout!, 'data')))]);
    const began = performance.now();
    const ended = children.map(async ({ system, child }) => {
      const [message] = await Promise.race([once(child, 'message'), ends]);
      const { user, system: kernel } = (message as { done: NodeJS.CpuUsage }).done;
      return [system, (user + kernel) / 1e6] as const;
    });
    children.find(({ system }) => system === 'SHOP')!.child.send('go');
    const cpu = Object.fromEntries(await Promise.all(ended)) as Record<System, number>;
    return { rate: (orders * movesPerOrder) / ((performance.now() - began) / 1_000), cpu };
  } finally {
    for (const { child } of children) {
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
    }
  }
}
