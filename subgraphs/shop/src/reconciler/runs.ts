import type { Database } from '@alexandrite/database';
import { uuidV7 } from '@alexandrite/database/uuid';
import type { PageRequest } from '@alexandrite/subgraph/connection';
import type { Divergence } from './compare.ts';

/** `REQUESTED` and `RUNNING` are on their way; `TOO_MANY`: not all divergences were looked at. */
export type RunOutcome =
  | 'REQUESTED'
  | 'RUNNING'
  | 'DONE'
  | 'TOO_MANY'
  | 'SYSTEM_SILENT'
  | 'INTERRUPTED'
  | 'FAILED';

/** One comparison of the systems. */
export interface Run {
  id: string;
  requestedBy: string;
  requestedAt: Date;
  since: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  outcome: RunOutcome;
  orders: number;
  found: number;
  repaired: number;
}

export type KeptDivergence = Divergence & { foundAt: Date; repairedAt: Date | null };

const keepRuns = 200;

const columns = `id, requested_by as "requestedBy", requested_at as "requestedAt", since, started_at as "startedAt",
  finished_at as "finishedAt", outcome, orders, found, repaired`;

/** Asks for a run; for none, and returns null, when there was one within `unlessWithinMs`. */
export async function requestRun(
  database: Database,
  { by, since, unlessWithinMs = 0 }: { by: string; since: Date | null; unlessWithinMs?: number },
): Promise<Run | null> {
  const [run] = await database.em().execute<Run[]>(
    `insert into reconciliations (id, requested_by, since) select ?, ?, ?::timestamptz
      where ? = 0 or not exists
        (select 1 from reconciliations where requested_at > now() - make_interval(secs => ? / 1000.0))
     returning ${columns}`,
    [uuidV7(), by, since, unlessWithinMs, unlessWithinMs],
  );
  return run ?? null;
}

/** The oldest run that nobody has begun, or that was begun by a process that is gone; begins it. */
export async function nextRun(database: Database): Promise<Run | null> {
  const [run] = await database.em().execute<Run[]>(
    `update reconciliations set started_at = now(), outcome = 'RUNNING', orders = 0, found = 0, repaired = 0
      where id = (select id from reconciliations where outcome in ('REQUESTED', 'RUNNING', 'INTERRUPTED')
                   order by requested_at limit 1)
     returning ${columns}`,
  );
  return run ?? null;
}

/** Ends a run, and forgets those of long ago. */
export async function finishRun(database: Database, run: Run, outcome: RunOutcome): Promise<void> {
  const { orders, found, repaired, id } = run;
  await database
    .em()
    .execute(
      `update reconciliations set finished_at = now(), outcome = ?, orders = ?, found = ?, repaired = ? where id = ?`,
      [outcome, orders, found, repaired, id],
    );
  await database.em().execute(
    `delete from reconciliations where requested_at < (select requested_at from reconciliations
       order by requested_at desc offset ${keepRuns} limit 1)`,
  );
}

/** Writes down what was found; once more with `repairedAt` when it is repaired. */
export async function keepDivergences(
  database: Database,
  run: Run,
  divergences: readonly Divergence[],
  repairedAt: Date | null = null,
): Promise<void> {
  for (const { orderId, system, code, version, knownVersion } of divergences) {
    await database.em().execute(
      `insert into divergences (reconciliation_id, order_id, system, code, version, known_version)
       values (?, ?, ?, ?, ?, ?)
       on conflict (reconciliation_id, order_id, system) do update set repaired_at = ?`,
      [run.id, orderId, system, code, version, knownVersion, repairedAt],
    );
  }
}

/** A run by its id, or the newest one. */
export async function readRun(database: Database, id: string | null): Promise<Run | null> {
  const [run] = await database
    .em()
    .execute<Run[]>(
      `select ${columns} from reconciliations ${id === null ? '' : 'where id = ?'} order by requested_at desc limit 1`,
      id === null ? [] : [id],
    );
  return run ?? null;
}

/** A page of what a run has found, by order and system. */
export async function readDivergences(
  database: Database,
  runId: string,
  page: PageRequest,
): Promise<KeptDivergence[]> {
  return database.em().execute<KeptDivergence[]>(
    `select order_id as "orderId", system, code, version, known_version as "knownVersion", found_at as "foundAt",
            repaired_at as "repairedAt"
       from divergences where reconciliation_id = ? ${page.after ? 'and (order_id, system) > (?::uuid, ?)' : ''}
      order by order_id, system limit ?`,
    [runId, ...(page.after ?? []), page.limit],
  );
}
