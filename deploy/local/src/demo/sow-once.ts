import { join } from 'node:path';
import type { PlatformRun } from '../run-platform.ts';
import { demoGraph } from './demo-graph.ts';
import { isDemoSown, sowDemo } from './sow.ts';

/** Where is kept what has been sown into the data of this folder. */
export function progressFile(dataDir: string): string {
  return join(dataDir, 'seed.jsonl');
}

/**
 * The demonstration's orders, at the first start: through a gateway of its own, so that the public port answers when
 * everything is there. Throws the signal's reason when interrupted; the next start goes on from there.
 */
export async function sowOnce(
  { settings, say, interrupted }: PlatformRun,
  dataDir: string,
  openGateway: () => Promise<{ url: string } & AsyncDisposable>,
): Promise<void> {
  const file = progressFile(dataDir);
  if (!settings.demoData || isDemoSown(file)) return;
  say("making the demonstration's orders (once)");
  await using gateway = await openGateway();
  const graph = demoGraph(gateway.url, settings.secrets.AUTH_SECRET);
  await sowDemo({ graph, progressFile: file, concurrency: 6, say, signal: interrupted });
}
