import { readFile } from 'node:fs/promises';

const timeoutMs = 10_000;
const maxBytes = 64 * 1_048_576; // 64 MiB: the largest supergraphs known have a few

/** The composed schema from a file or a URL. */
export async function readSupergraph(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) {
    try {
      return await readFile(source.startsWith('file:') ? new URL(source) : source, 'utf8');
    } catch (cause) {
      throw new Error(`supergraph: ${source} cannot be read`, { cause });
    }
  }
  let response: Response;
  try {
    response = await fetch(source, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'text/plain, */*' },
    });
  } catch (cause) {
    throw new Error(`supergraph: ${source} cannot be fetched`, { cause });
  }
  if (!response.ok) throw new Error(`supergraph: ${source} answered ${response.status}`);
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    throw new Error(`supergraph: ${source} is larger than ${maxBytes} bytes`);
  }
  return response.text();
}
