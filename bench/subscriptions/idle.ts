import type { Report } from '../src/bench.ts';
import { processorMs, residentMb, settled } from '../src/process-stat.ts';
import { say } from '../src/progress.ts';
import { median, quantile, rounded } from '../src/statistics.ts';
import { Clients } from './clients-process.ts';
import { contestants } from './contestants.ts';
import type { Source } from './source-process.ts';

/** Few enough for the descriptors and the ports of one. */
const CLIENTS_A_PROCESS = 5_000;

interface Measured {
  what: string;
  kbPerClient: number;
  p50Ms: number[];
  p99Ms: number[];
  lastMs: number[];
  cpuUs: number[];
}

export interface IdleShape {
  chosen: readonly string[];
  count: number;
  rounds: number;
}

/** Very many clients that hear one event now and then. */
export async function runIdle(source: Source, { chosen, count, rounds }: IdleShape): Promise<Report> {
  const field: Record<string, Measured> = {};
  for (const name of chosen) {
    const { what, start } = contestants[name]!;
    say(`${what}: ${count} clients`);
    await using started = new AsyncDisposableStack();
    const { server, url } = await start(source.behind);
    started.use(server);
    const atRestMb = await residentMb(server.pid);
    const processes = Math.ceil(count / CLIENTS_A_PROCESS);
    const clients = started.use(await Clients.connect(url, count, processes));
    await clients.warmUp(source);
    await settled(server.pid);
    const kb = (((await residentMb(server.pid)) - atRestMb) * 1_024) / count;
    const measured: Measured = {
      what,
      kbPerClient: rounded(kb),
      p50Ms: [],
      p99Ms: [],
      lastMs: [],
      cpuUs: [],
    };
    field[name] = measured;
    for (let round = 1; round <= rounds; round++) {
      await settled(server.pid);
      const cpuBefore = await processorMs(server.pid);
      const began = Date.now();
      const emitted = source.emit(1);
      const [{ atMs }] = await Promise.all([clients.allHave(source.serial), emitted]);
      const latencies = atMs.map((at) => at - began).sort((one, other) => one - other);
      measured.p50Ms.push(quantile(latencies, 0.5));
      measured.p99Ms.push(quantile(latencies, 0.99));
      measured.lastMs.push(latencies.at(-1)!);
      measured.cpuUs.push((((await processorMs(server.pid)) - cpuBefore) * 1_000) / count);
      say(`round ${round} of ${rounds}, ${what}: all had it within ${latencies.at(-1)} ms`);
    }
  }
  return {
    tables: [
      {
        title: `${count} idle clients, ${rounds} times one event to all`,
        head: ['server', 'p50 ms', 'p99 ms', 'last ms', 'worst p99 ms', 'CPU µs each', 'KB a client'],
        rows: Object.values(field).map(({ what, p50Ms, p99Ms, lastMs, cpuUs, kbPerClient }) => [
          what,
          rounded(median(p50Ms)),
          rounded(median(p99Ms)),
          rounded(median(lastMs)),
          rounded(Math.max(...p99Ms)),
          rounded(median(cpuUs)),
          kbPerClient,
        ]),
        notes: [
          'ms from the moment the source is asked for the event to the moment the clients have read it',
        ],
      },
    ],
    figures: { idle: count, rounds, servers: field },
  };
}
