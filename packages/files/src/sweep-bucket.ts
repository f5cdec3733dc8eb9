import type { JetStreamManager } from '@nats-io/jetstream';
import { bucketSubjects, incomingPrefix } from './bucket-subjects.ts';

/** What lies without a name for so long belongs to a process that has died. */
const defaultAbandonedAfterMs = 3_600_000; // 1 hour

/**
 * Throws away what uploads left that a crash cut off: descriptions that never got their real name, and bytes that no
 * description names. Returns how many there were. Costs two requests when nothing is left over.
 */
export async function sweepBucket(
  manager: JetStreamManager,
  bucket: string,
  abandonedAfterMs = defaultAbandonedAfterMs,
): Promise<number> {
  const { stream, allChunks, allDescriptions, chunks, nameOf } = bucketSubjects(bucket);
  const old = Date.now() - abandonedAfterMs;
  const [described, stored] = await Promise.all([
    subjectsOf(manager, stream, allDescriptions),
    subjectsOf(manager, stream, allChunks),
  ]);
  const unnamed = described.filter((subject) => nameOf(subject).startsWith(incomingPrefix));
  if (unnamed.length === 0 && stored.length <= described.length) return 0;

  const owned = new Set<string>();
  const abandoned: string[] = [];
  await inGroups(described, async (subject) => {
    const message = await manager.streams.getMessage(stream, { last_by_subj: subject });
    if (!message) return;
    if (unnamed.includes(subject) && message.time.getTime() < old) abandoned.push(subject);
    else owned.add(chunks(message.json<{ nuid: string }>().nuid));
  });
  const ownerless = stored.filter((subject) => !owned.has(subject));
  await inGroups(ownerless, async (subject) => {
    const last = await manager.streams.getMessage(stream, { last_by_subj: subject });
    if (last && last.time.getTime() < old) abandoned.push(subject);
  });
  for (const subject of abandoned) await manager.streams.purge(stream, { filter: subject });
  return abandoned.length;
}

async function subjectsOf(manager: JetStreamManager, stream: string, filter: string): Promise<string[]> {
  const { state } = await manager.streams.info(stream, { subjects_filter: filter });
  return Object.keys(state.subjects ?? {});
}

/** A bounded number of questions at a time. */
async function inGroups(
  subjects: readonly string[],
  look: (subject: string) => Promise<void>,
): Promise<void> {
  for (let i = 0; i < subjects.length; i += 64) await Promise.all(subjects.slice(i, i + 64).map(look));
}
