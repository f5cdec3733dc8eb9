/** A pricing engine in a process of its own, on a journalled bus, that tests may kill: `fork(file, [folder])`. */
import { join } from 'node:path';
import { openLocalBus } from '@alexandrite/bus/local';
import { openMemoryCache } from '@alexandrite/cache/memory';
import { openFolderFiles } from '@alexandrite/files/folder';
import type { PricingProgress, PricingRequest, PricingResult } from '@alexandrite/schema/events';
import { streams, subjects } from '@alexandrite/schema/subjects';
import { memoryLog } from '@alexandrite/telemetry/memory-log';
import { build } from '../src/build.ts';
import { readEnv } from '../src/env.ts';

export type FromEngine =
  | { kind: 'ready' }
  | { kind: 'progress'; progress: PricingProgress }
  | { kind: 'result'; result: PricingResult };

const folder = process.argv[2]!;
const bus = await openLocalBus({ log: memoryLog().log, journal: join(folder, 'bus.journal') });
await bus.ensureStreams(streams);
const tell = (said: FromEngine) => process.send!(said);
const follow = async (subject: string, said: (payload: unknown) => FromEngine) => {
  const subscription = await bus.subscribe([subject], { from: 'oldest' });
  void (async () => {
    for await (const { payload } of subscription) tell(said(payload));
  })();
};
await follow(subjects.pricingProgress, (progress) => ({
  kind: 'progress',
  progress: progress as PricingProgress,
}));
await follow(subjects.pricingResult, (result) => ({ kind: 'result', result: result as PricingResult }));
const environment = { DATA_DIR: folder, LOG_LEVEL: 'silent', PRICING_WORKERS: '2' };
await build(readEnv(environment), {
  bus,
  cache: openMemoryCache(),
  files: await openFolderFiles(join(folder, 'files')),
});
process.on('message', (request: PricingRequest) => {
  void bus.publish(subjects.pricingRequest(request.channel), request, { messageId: request.id });
});
tell({ kind: 'ready' });
