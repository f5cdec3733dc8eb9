import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Keeps a second process away from a journal. The lock is a listening socket, since that one disappears with its
 * process however it ends; a file with a process id would outlive a kill -9.
 */
export async function lockJournal(path: string): Promise<AsyncDisposable> {
  const name = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 24);
  // In the temporary folder, since a socket's path may have no more than about 100 bytes.
  const socket = join(tmpdir(), `alexandrite-journal-${name}.sock`);
  const server = createServer((connection) => connection.destroy());
  for (let attempt = 1; ; attempt++) {
    try {
      server.listen(socket);
      await once(server, 'listening');
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt > 3) throw error;
      if (await answers(socket)) throw new Error(`another process is using the journal ${path}`);
      await rm(socket, { force: true });
    }
  }
  server.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}
