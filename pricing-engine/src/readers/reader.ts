import type { Limits } from '../limits.ts';
import type { Soup } from './soup.ts';

/** One format. Readers throw a `Refusal` and nothing else, whatever the bytes. */
export interface Reader {
  /** By content, never by name. Cheap: looks at the first bytes only. */
  recognises(bytes: Uint8Array): boolean;
  /** May use the memory of `bytes` for what it returns: they are not the file any more afterwards. */
  read(bytes: Uint8Array, limits: Limits): Soup;
}
