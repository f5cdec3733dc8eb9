type Subgraphs = ReadonlyMap<string, { url: string }>;

/** What a new supergraph has changed, for the log; only keys of which there is something to say. */
export interface SubgraphChanges {
  added?: string[];
  removed?: string[];
  moved?: { subgraph: string; from: string; to: string }[];
}

export function changesBetween(before: Subgraphs, after: Subgraphs): SubgraphChanges {
  const added = [...after.keys()].filter((name) => !before.has(name));
  const removed = [...before.keys()].filter((name) => !after.has(name));
  const moved = [...after].flatMap(([subgraph, { url: to }]) => {
    const from = before.get(subgraph)?.url;
    return from === undefined || from === to ? [] : [{ subgraph, from, to }];
  });
  return {
    ...(added.length > 0 ? { added } : {}),
    ...(removed.length > 0 ? { removed } : {}),
    ...(moved.length > 0 ? { moved } : {}),
  };
}
