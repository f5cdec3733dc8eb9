import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Serves a request and answers true, or leaves it untouched and answers false. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface PublicServer {
  server: Server;
  /** Resolves with the URL. */
  listen(port: number, host: string): Promise<string>;
  /** Stops accepting, waits for the requests under way. Idempotent. */
  close(): Promise<void>;
}

/** The one public port. Doors are asked in their order, without a framework between them and the socket. */
export function createPublicServer(doors: readonly Door[]): PublicServer {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 300_000, headersTimeout: 30_000 });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  let closing: Promise<void> | undefined;
  server.on('request', (request, response) => {
    // A client that keeps its connection would keep the process.
    if (closing) response.setHeader('connection', 'close');
    for (const door of doors) if (door(request, response)) return;
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
  });
  async function listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return urlOf(server.address() as AddressInfo);
  }
  async function close(): Promise<void> {
    // A connection that was busy at first is idle once it has its answer, and would be kept for the next request.
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      // Node takes one for busy that was opened in advance and has never asked anything.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, 50);
    try {
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error && server.listening ? reject(error) : resolve()));
      });
    } finally {
      clearInterval(sweep);
    }
  }

  return {
    server,
    listen,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Where this machine reaches it. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
