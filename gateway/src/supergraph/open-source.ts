import { FileSource } from './file-source.ts';
import type { SourceOptions, SupergraphSource } from './source.ts';
import { UrlSource } from './url-source.ts';

/** `source` is a path, or a URL of file:, http: or https:. */
export function openSource(source: string, options: SourceOptions): SupergraphSource {
  return /^https?:\/\//.test(source) ? new UrlSource(source, options) : new FileSource(source, options);
}
