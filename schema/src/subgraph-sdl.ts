import { readFileSync } from 'node:fs';

export type SubgraphName = 'shop' | 'crm' | 'mes' | 'events';

/** The SDL of a subgraph as it is composed and served: its own file, and what the three real ones share. */
export function subgraphSdl(name: SubgraphName): string {
  const read = (file: string) => readFileSync(new URL(`../${file}.graphql`, import.meta.url), 'utf8');
  return name === 'events' ? read('events') : `${read(name)}\n${read('shared')}`;
}
