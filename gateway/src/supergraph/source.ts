import { createHash } from 'node:crypto';

/** A composed schema as it was read. */
export interface SupergraphText {
  sdl: string;
  /** sha256 of the text. */
  hash: string;
}

export interface SourceOptions {
  /** Whether changes are looked for by itself. */
  watch: boolean;
  /** How long a file must have been left alone. */
  debounceMs: number;
  /** How often a URL is asked. */
  pollMs: number;
  timeoutMs: number;
  maxBytes: number;
}

export type ChangeCause = 'file' | 'poll';

/** Where a supergraph comes from. */
export interface SupergraphSource extends AsyncDisposable {
  /** Where that is, for people. */
  readonly name: string;
  /**
   * The text; null when it is known to be that of the last time, which is not asked for when `anew`. Rejects with a
   * `SupergraphError`.
   */
  read(anew: boolean): Promise<string | null>;
  /** Calls when the text may have changed, until disposed; may call too often. What it calls does not reject. */
  watch(onChange: (cause: ChangeCause) => Promise<void>): void;
}

/** What there is now. Rejects with a `SupergraphError`. */
export async function readNow(source: SupergraphSource): Promise<SupergraphText> {
  return asText((await source.read(true)) ?? '');
}

export function asText(sdl: string): SupergraphText {
  return { sdl, hash: createHash('sha256').update(sdl).digest('hex') };
}
