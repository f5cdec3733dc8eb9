import type { ServerResponse } from 'node:http';
import type { HTTPGraphQLResponse } from '@apollo/server';

/** How long a client may take to read what was written. */
const patienceMs = 60_000; // 1 minute: as long as a whole answer may be on its way

/** Writes an answer as it comes, not faster than the client reads. One that does not read at all is given up. */
export async function writeParts(
  response: ServerResponse,
  { status = 200, headers }: Pick<HTTPGraphQLResponse, 'status' | 'headers'>,
  parts: AsyncIterable<string>,
): Promise<void> {
  if (!response.destroyed) {
    response.statusCode = status;
    for (const [name, value] of headers) response.setHeader(name, value);
  }
  for await (const part of parts) {
    if (response.destroyed) return;
    if (!response.write(part)) await drained(response);
  }
  if (!response.destroyed) response.end();
}

/** Resolves when the client has read, or has gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), patienceMs);
    const done = () => {
      clearTimeout(timer);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
