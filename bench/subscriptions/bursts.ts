import type { Report } from '../src/bench.ts';
import { processorMs, residentMb, settled } from '../src/process-stat.ts';
import { say } from '../src/progress.ts';
import { median, rounded, spread } from '../src/statistics.ts';
import { Clients } from './clients-process.ts';
import { contestants } from './contestants.ts';
import type { Source } from './source-process.ts';

interface Measured {
  what: string;
  perSecond: number[];
  cpuUs: number[];
  fetchesPerEvent: number[];
  kbPerClient: number[];
  lost: number;
}

export interface BurstsShape {
  chosen: readonly string[];
  count: number;
  burst: number;
  rounds: number;
  /** How often each has its turn. */
  passes: number;
}

/** Bursts of events to all clients of each contestant. */
export async function runBursts(
  source: Source,
  { chosen, count, burst, rounds, passes }: BurstsShape,
): Promise<Report> {
  const field: Record<string, Measured> = {};
  // One after another: the sockets of one would be the memory and the time of all.
  for (const name of Array.from({ length: passes }, () => chosen).flat()) {
    const { what, start } = contestants[name]!;
    say(`${what}: ${count} clients`);
    await using started = new AsyncDisposableStack();
    const { server, url } = await start(source.behind);
    started.use(server);
    const atRestMb = await residentMb(server.pid);
    const clients = started.use(await Clients.connect(url, count, 1));
    await clients.warmUp(source);
    const connectedMb = await residentMb(server.pid);
    field[name] ??= { what, perSecond: [], cpuUs: [], fetchesPerEvent: [], kbPerClient: [], lost: 0 };
    const measured = field[name];
    measured.kbPerClient.push(((connectedMb - atRestMb) * 1_024) / count);
    let fetchesBefore = await source.emit(0);
    for (let round = 1; round <= rounds; round++) {
      await settled(server.pid);
      const cpuBefore = await processorMs(server.pid);
      const began = Date.now();
      const emitted = source.emit(burst);
      const [arrived] = await Promise.all([clients.allHave(source.serial), emitted]);
      const deliveries = count * burst;
      measured.perSecond.push(deliveries / ((Math.max(...arrived.atMs) - began) / 1_000));
      measured.lost += deliveries - arrived.messages;
      measured.cpuUs.push((((await processorMs(server.pid)) - cpuBefore) * 1_000) / deliveries);
      const fetches = await source.emit(0);
      measured.fetchesPerEvent.push((fetches - fetchesBefore) / burst);
      fetchesBefore = fetches;
      say(`round ${round} of ${rounds}, ${what}: ${rounded(measured.perSecond.at(-1)!)} a second`);
    }
  }
  return report(field, { count, burst, rounds, passes });
}

function report(field: Readonly<Record<string, Measured>>, how: Omit<BurstsShape, 'chosen'>): Report {
  const raw = field.raw && median(field.raw.perSecond);
  const rust = field['hive-rust'] && median(field['hive-rust'].perSecond);
  const ratio = (value: number, to: number | undefined) => (to ? rounded(value / to) : '–');
  const rows = Object.values(field).map((measured) => {
    const perSecond = median(measured.perSecond);
    return [
      measured.what,
      rounded(perSecond),
      ratio(perSecond, raw),
      ratio(perSecond, rust),
      rounded(median(measured.cpuUs)),
      rounded(median(measured.fetchesPerEvent)),
      rounded(median(measured.kbPerClient)),
      measured.lost,
      spread(measured.perSecond),
    ];
  });
  return {
    tables: [
      {
        title: `${how.count} clients, ${how.passes} × ${how.rounds} bursts of ${how.burst} events: deliveries`,
        head: [
          'server',
          'a second',
          '÷ raw',
          '÷ Hive Rust',
          'CPU µs each',
          'fetches an event',
          'KB a client',
          'lost',
          'lowest – highest',
        ],
        rows,
        notes: [
          'a second: until the last client has had the last event of a burst',
          'KB a client: resident memory with all subscribed and one event delivered, less at rest',
        ],
      },
    ],
    figures: { ...how, servers: field },
  };
}
