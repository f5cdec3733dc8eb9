import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFinal, mayMove, type OrderStatus } from '@alexandrite/schema/order-status';
import pg from 'pg';
import type { Platform } from '../harness/platform.ts';
import { portOf } from './faults.ts';
import type { OrderWalk, SeenMove } from './order-walk.ts';
import type { Partners } from './partners.ts';

const systems = ['shop', 'crm', 'mes'] as const;

interface Standing {
  id: string;
  status: OrderStatus;
  version: number;
  holder: string;
}

interface Priced {
  order_id: string;
  prices: number;
  total_minor: string;
}

/** What the databases hold, read past every service. */
interface Books {
  standings: Record<(typeof systems)[number], Map<string, Standing>>;
  moves: Map<string, SeenMove[]>;
  priced: Map<string, Priced>;
  /** Not published yet, and given up. */
  outbox: { waiting: number; parked: number };
}

/** What is wrong with the orders, one sentence each; nothing when all of them are where their scripts say. */
export async function wrongs(
  walks: readonly OrderWalk[],
  partners: Partners,
  platform: Platform,
): Promise<string[]> {
  const books = await readBooks(platform);
  const found = walks.flatMap((walk) => (walk.id === undefined ? [] : wrongsOf(walk, walk.id, books)));
  found.push(...wrongTotals(walks, books), ...strangers(walks, books));
  found.push(...partners.untold(walks, books.standings.shop));
  if (books.outbox.waiting > 0) found.push(`${books.outbox.waiting} messages wait in the outboxes`);
  if (books.outbox.parked > 0) found.push(`${books.outbox.parked} messages are parked in the outboxes`);
  return found;
}

function wrongsOf(walk: OrderWalk, id: string, { standings, moves, priced }: Books): string[] {
  const found: string[] = [];
  const say = (what: string) => found.push(`${id} (${walk.script.name}): ${what}`);
  const history = moves.get(id) ?? [];
  history.forEach((move, i) => {
    const before = history[i - 1];
    if (move.version !== i + 1) say(`move ${i + 1} has version ${move.version}`);
    if (move.from !== (before?.to ?? null)) say(`version ${move.version} comes from ${move.from}`);
    const heldFrom = move.from === 'ON_HOLD' ? (before?.from ?? null) : null;
    if (move.from !== null && !mayMove(move.from, move.to, heldFrom))
      say(`${move.from} → ${move.to} is illegal`);
  });

  const last = history.at(-1);
  const end = walk.script.steps.at(-1)!.to;
  if (last?.to !== end && !(walk.mayEndHeld && last?.to === 'ON_HOLD'))
    say(`ends as ${last?.to}, not as ${end}`);

  const views = systems.map((system) => standings[system].get(id));
  for (const [i, view] of views.entries()) {
    if (!view) say(`is unknown to ${systems[i]}`);
    else if (view.status !== last?.to || view.version !== last.version || view.holder !== views[0]?.holder)
      say(
        `${systems[i]} has ${view.status} ${view.version} held by ${view.holder}; the history ends with ${last?.to} ${last?.version}`,
      );
  }

  const times = history.filter(({ from, to }) => from === 'SUBMITTED' && to === 'PRICE_CALCULATED').length;
  const expected = walk.script.steps.some(({ to }) => to === 'PRICE_CALCULATED') ? 1 : 0;
  if (times !== expected && !(last && isFinal(last.to) && times <= 1)) say(`was priced ${times} times`);
  const prices = priced.get(id)?.prices ?? 0;
  // a price that comes for an order that has just been cancelled is kept, and nobody can accept it
  if (prices !== times && !(last?.to === 'CANCELLED' && prices === 1)) say(`has ${prices} prices`);
  return found;
}

/** Equal wishes cost the same, to the kopeck. */
function wrongTotals(walks: readonly OrderWalk[], { priced }: Books): string[] {
  const totals = new Map<string, Set<string>>();
  for (const { id, wish } of walks) {
    const total = id === undefined ? undefined : priced.get(id)?.total_minor;
    if (total === undefined) continue;
    const key = `${wish.model.name}, ${wish.quantity} × ${wish.alloy} for a ${wish.role}`;
    totals.set(key, (totals.get(key) ?? new Set()).add(total));
  }
  return [...totals]
    .filter(([, different]) => different.size > 1)
    .map(([key, different]) => `${key} costs ${[...different].join(' and ')}`);
}

/** Orders that nobody remembers to have placed: a creation that was done twice. */
function strangers(walks: readonly OrderWalk[], { standings }: Books): string[] {
  const known = new Set(walks.map(({ id }) => id));
  return [...standings.shop.keys()].filter((id) => !known.has(id)).map((id) => `${id} was never asked for`);
}

async function readBooks(platform: Platform): Promise<Books> {
  const password = await readFile(join(platform.dataDir, 'full', 'postgres', 'superuser-password'), 'utf8');
  const port = await portOf(platform, 'postgres');
  const read = async <T>(database: string, sql: string): Promise<T[]> => {
    const client = new pg.Client({ user: 'alexandrite', password, host: '127.0.0.1', port, database });
    await client.connect();
    try {
      return (await client.query(sql)).rows as T[];
    } finally {
      await client.end();
    }
  };

  const standings = {} as Books['standings'];
  const outbox = { waiting: 0, parked: 0 };
  for (const system of systems) {
    const rows = await read<Standing>(system, 'select id, status, version, holder from orders');
    standings[system] = new Map(rows.map((row) => [row.id, row]));
    const [row] = await read<{ waiting: number; parked: number }>(
      system,
      `select (count(*) filter (where parked_at is null))::int as waiting,
              (count(*) filter (where parked_at is not null))::int as parked from outbox`,
    );
    outbox.waiting += row!.waiting;
    outbox.parked += row!.parked;
  }
  const moves = new Map<string, SeenMove[]>();
  const rows = await read<SeenMove & { id: string }>(
    'shop',
    'select order_id as id, version, from_status as "from", to_status as "to", system from order_moves order by order_id, version',
  );
  for (const row of rows) moves.set(row.id, [...(moves.get(row.id) ?? []), row]);
  const prices = await read<Priced>(
    'mes',
    `select order_id, count(*)::int as prices, min(total_minor) as total_minor
     from prices where lowest_minor is null group by order_id`,
  );
  return { standings, outbox, moves, priced: new Map(prices.map((row) => [row.order_id, row])) };
}
