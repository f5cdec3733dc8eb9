import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from './platform.ts';

/** The metrics of all processes of a `full` platform, found as Prometheus finds them. */
export async function readMetrics({ dataDir }: Platform): Promise<string> {
  const file = await readFile(join(dataDir, 'run', 'metrics.json'), 'utf8');
  const groups = JSON.parse(file) as { targets: string[] }[];
  const texts = await Promise.all(
    groups
      .flatMap(({ targets }) => targets)
      .map(async (target) => {
        const response = await fetch(`http://${target}/metrics`);
        if (!response.ok) throw new Error(`${target} answered ${response.status}`);
        return response.text();
      }),
  );
  return texts.join('\n');
}
