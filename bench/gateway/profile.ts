/**
 * Preloaded into a gateway (`--import`) with BENCH_PROFILE naming a file: profiles the process until it is asked to end
 * (SIGTERM), writes the file for a browser's developer tools, and the share of each package to a `.txt` beside it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const target = process.env.BENCH_PROFILE;
if (target && isMainThread) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  process.once('SIGTERM', async () => {
    const { profile } = await session.post('Profiler.stop');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, JSON.stringify(profile));
    const shares = new Map<string, number>();
    let busy = 0;
    for (const { callFrame, hitCount = 0 } of profile.nodes) {
      if (callFrame.functionName === '(idle)') continue;
      busy += hitCount;
      const owner = ownerOf(callFrame.url, callFrame.functionName);
      shares.set(owner, (shares.get(owner) ?? 0) + hitCount);
    }
    const lines = [...shares]
      .sort(([, a], [, b]) => b - a)
      .map(([owner, hits]) => `${((100 * hits) / busy).toFixed(1).padStart(5)} %  ${owner}`);
    writeFileSync(`${target}.txt`, `${lines.slice(0, 40).join('\n')}\n`);
  });
}

/** The package, the folder of the gateway, the module of Node, or what the engine calls the work. */
function ownerOf(url: string, functionName: string): string {
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  const own = /\/(gateway\/src\/[^/]+)/.exec(url)?.[1];
  return dependency ?? own ?? (url === '' ? functionName || '(native)' : url);
}
