import type { Database } from '@alexandrite/database';
import { staySeconds } from './estimate-delivery.ts';
import { STAGES, type StageTimes } from './stage-times.ts';

/** How many orders on their way will probably arrive too late: as `estimateDelivery` says of each, those on hold left out. */
export async function countLate(database: Database, times: StageTimes): Promise<number> {
  const stays = STAGES.map((stage) => staySeconds(stage, times));
  const rests = stays.map((_, i) => stays.slice(i + 1).reduce((sum, stay) => sum + stay, 0));
  const stages = [...STAGES.map((stage, i) => [stage, i] as const), ['REWORK', 2] as const];
  const [row] = await database.em().execute<{ late: number }[]>(
    `select count(*)::int as late
       from unnest(?::text[], ?::float8[], ?::float8[]) as stage (status, stay, rest)
       join orders o on o.status = stage.status and o.promised_at is not null and o.status not in ('CLOSED', 'CANCELLED')
        and o.promised_at < now() + make_interval(secs => stage.stay + stage.rest)
      where o.promised_at < now() + make_interval(secs => stage.rest
              + greatest(stage.stay - extract(epoch from now() - o.moved_at)::float8, stage.stay * 0.1))`,
    [
      `{${stages.map(([status]) => status).join(',')}}`,
      `{${stages.map(([, i]) => stays[i]).join(',')}}`,
      `{${stages.map(([, i]) => rests[i]).join(',')}}`,
    ],
  );
  return row?.late ?? 0;
}
