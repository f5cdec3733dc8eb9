import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalBus } from '../src/local.ts';
import { busContract } from './bus-contract.ts';
import { quiet } from './quiet.ts';

busContract('local', async () => {
  const bus = await openLocalBus({ log: quiet });
  return { bus, other: bus, [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() };
});

busContract('local with a journal', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bus-'));
  const bus = await openLocalBus({ log: quiet, journal: join(folder, 'journal'), maxJournalBytes: 100_000 });
  return {
    bus,
    other: bus,
    [Symbol.asyncDispose]: async () => {
      await bus[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
});
