import type { Files } from '@alexandrite/files';
import type { Limits } from '../limits.ts';
import { refuse } from '../refusal.ts';

/** The bytes are not where they should be. Perhaps they will be, so this is worth another attempt. */
export class ModelMissing extends Error {
  override readonly name = 'ModelMissing';
}

/** A stored model whole, in memory of its own that can be handed to a thread. Refuses FILE_TOO_LARGE while reading. */
export async function readStoredFile(
  files: Files,
  sha256: string,
  { maxBytes }: Limits,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = await files.get(sha256);
  if (!stream) throw new ModelMissing(`no bytes are stored under ${sha256}`);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw refuse('FILE_TOO_LARGE', length, maxBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
