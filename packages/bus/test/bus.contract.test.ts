import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { serverBinary, startNats } from '../../../e2e/harness/servers.ts';
import { openLocalBus } from '../src/local.ts';
import { openNatsBus } from '../src/nats.ts';
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

if (serverBinary('nats-server')) {
  busContract('nats', async () => {
    const server = await startNats();
    const bus = await openNatsBus({ url: server.url, name: 'one', log: quiet });
    const other = await openNatsBus({ url: server.url, name: 'other', log: quiet });
    return {
      bus,
      other,
      [Symbol.asyncDispose]: async () => {
        await bus[Symbol.asyncDispose]();
        await other[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  });
} else describe.skip('nats', () => test('needs nats-server', () => {}));
