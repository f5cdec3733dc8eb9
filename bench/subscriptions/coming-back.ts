import type { Report } from '../src/bench.ts';
import { say } from '../src/progress.ts';
import { rounded } from '../src/statistics.ts';
import { ClientsProcess } from './clients-process.ts';
import { ours } from './contestants.ts';
import type { Source } from './source-process.ts';

const CLIENTS_A_PROCESS = 5_000;
const DROPPED_WITHIN_MS = 3_000;
/** What comes while they go and come: as much as leaves room for the coming on two cores. */
const DELIVERIES_A_SECOND = 20_000;

interface Had {
  lost: number;
  doubled: number;
  gaps: number;
  received: number;
}

/**
 * All clients lose their connections, each at a moment of its own amid a stream of events, and come back with their
 * cursors while the stream goes on.
 */
export async function runComingBack(source: Source, { count }: { count: number }): Promise<Report> {
  const subscriptions = {
    cursorSecret: 'a secret that signs the cursors of the benchmark',
    initTimeoutMs: 30_000,
  };
  const everyMs = Math.ceil((1_000 * count) / DELIVERIES_A_SECOND);
  await using started = new AsyncDisposableStack();
  const { server, url } = await ours('events.graphql', {}, subscriptions)(source.behind);
  started.use(server);
  say(`${count} clients`);
  const processes = Math.ceil(count / CLIENTS_A_PROCESS);
  const clients = Array.from({ length: processes }, (_, index) => {
    const own = Math.min(CLIENTS_A_PROCESS, count - index * CLIENTS_A_PROCESS);
    const args = [url.replace('http', 'ws'), String(own), `127.0.0.${index + 2}`];
    return started.use(new ClientsProcess('coming-back-clients.ts', args));
  });
  const all = (line: string | null, word: string) =>
    Promise.all(
      clients.map((each) => {
        if (line !== null) each.tell(line);
        return each.answer(word);
      }),
    );
  await all(null, 'READY');
  // Subscribing is not confirmed: whoever has had one event has begun.
  const warm = source.serial + 1;
  const allWarm = all(`expect ${warm}`, 'ALL');
  await whileWaiting(allWarm, source, 500);
  await allWarm;

  const from = source.serial;
  const dropped = all(`drop ${DROPPED_WITHIN_MS}`, 'DROPPED') as Promise<{ places: number }[]>;
  await whileWaiting(dropped, source, everyMs);
  const places = Math.max(...(await dropped).map((each) => each.places));
  say(`all are away, at ${places} places of the stream`);
  for (let i = 0; i < 20; i++) await source.emit(1);

  const fetchesBefore = await source.emit(0);
  const began = Date.now();
  const back = all('return', 'BACK');
  await whileWaiting(back, source, everyMs);
  await back;
  const backMs = Date.now() - began;
  await source.emit(1);
  const had = (await all(`expect ${source.serial}`, 'ALL')) as Had[];
  const caughtUpMs = Date.now() - began;
  const fetches = (await source.emit(0)) - fetchesBefore;
  const sum = (of: keyof Had) => had.reduce((total, each) => total + each[of], 0);
  // What comes now costs as if nobody had been away.
  const before = await source.emit(0);
  for (let i = 0; i < 10; i++) await source.emit(1);
  await all(`expect ${source.serial}`, 'ALL');
  const fetchesEach = ((await source.emit(0)) - before) / 10;

  const figures = {
    clients: count,
    events: source.serial - from,
    places,
    received: sum('received'),
    lost: sum('lost'),
    doubled: sum('doubled'),
    gaps: sum('gaps'),
    backMs,
    caughtUpMs,
    fetches,
    fetchesEach,
  };
  return {
    tables: [
      {
        title: `${count} clients dropped within ${DROPPED_WITHIN_MS} ms and back with their cursors`,
        head: [
          'events',
          'places',
          'lost',
          'doubled',
          'gaps',
          'back ms',
          'caught up ms',
          'fetches an event, then',
        ],
        rows: [
          [
            figures.events,
            places,
            figures.lost,
            figures.doubled,
            figures.gaps,
            backMs,
            caughtUpMs,
            rounded(fetchesEach),
          ],
        ],
        notes: [
          'places: at how many different ones of the stream the clients of a process were cut off',
          'caught up: from the first that comes back until all have had the newest event',
        ],
      },
    ],
    figures,
  };
}

/** Events one after another until it has come. */
async function whileWaiting(what: Promise<unknown>, source: Source, everyMs: number): Promise<void> {
  let done = false;
  const end = what.finally(() => {
    done = true;
  });
  while (!done) {
    await source.emit(1);
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, everyMs))]);
  }
}
