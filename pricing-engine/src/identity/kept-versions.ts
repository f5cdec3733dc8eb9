/** What a store has of one version of the engine. */
export interface KeptVersion {
  version: string;
  entries: number;
}

/** A store whose keys a person's tools can go through. */
export interface KeyedStore {
  /** Keys that begin so, once each or nearly. */
  keys(start: string): AsyncIterable<string>;
  /** How many of them there were. */
  forget(keys: readonly string[]): Promise<number>;
}

const start = 'pricing:features:';
const batch = 500;

/** Every version that something is kept of, the one with the most entries first. */
export async function keptVersions(store: KeyedStore): Promise<KeptVersion[]> {
  const counts = new Map<string, number>();
  for await (const key of store.keys(start)) {
    const version = versionOf(key);
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return [...counts]
    .map(([version, entries]) => ({ version, entries }))
    .sort((one, other) => other.entries - one.entries);
}

/** Removes what versions have kept, and says how much that was. */
export async function forgetVersions(
  store: KeyedStore,
  isMeant: (version: string) => boolean,
): Promise<number> {
  let [forgotten, keys] = [0, [] as string[]];
  const remove = async () => {
    forgotten += await store.forget(keys);
    keys = [];
  };
  for await (const key of store.keys(start)) {
    if (!isMeant(versionOf(key))) continue;
    keys.push(key);
    if (keys.length === batch) await remove();
  }
  await remove();
  return forgotten;
}

function versionOf(key: string): string {
  return key.slice(start.length).split(':', 1)[0]!;
}
