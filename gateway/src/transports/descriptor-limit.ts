import { readFileSync } from 'node:fs';
import type { Log } from '@alexandrite/telemetry/log';

/** For files, and connections to subgraphs, bus and cache. */
const othersNeed = 256;

/** How many descriptors a process may open, as Linux tells it in `/proc/<pid>/limits`; null where it does not say. */
export function readDescriptorLimit(limits: string): number | null {
  const soft = /^Max open files\s+(\w+)/m.exec(limits)?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** Says when this process cannot open as many sockets as the configuration allows. */
export function warnOfDescriptorLimit(maxSockets: number, log: Log, read: () => string = ownLimits): void {
  let limit: number | null;
  try {
    limit = readDescriptorLimit(read());
  } catch (error) {
    log.debug({ err: error }, 'how many descriptors this process may open is not known here');
    return;
  }
  if (limit === null || limit >= maxSockets + othersNeed) return;
  log.warn(
    { descriptorLimit: limit, maxSockets, needed: maxSockets + othersNeed },
    `subscriptions.maxSockets is ${maxSockets}, but this process may open ${limit} descriptors: raise the limit (ulimit -n), or lower the setting`,
  );
}

function ownLimits(): string {
  return readFileSync('/proc/self/limits', 'utf8');
}
