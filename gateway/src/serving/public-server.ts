import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';

/** Serves a request and answers true, or leaves it untouched and answers false. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface PublicServer {
  server: Server;
  /** Pages and proxied prefixes: what the doors did not take. */
  app: FastifyInstance;
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
  const app = fastify({
    logger: false,
    forceCloseConnections: false,
    serverFactory(handler) {
      server.on('request', (request, response) => {
        // A client that keeps its connection would keep the process.
        if (closing) response.setHeader('connection', 'close');
        for (const door of doors) if (door(request, response)) return;
        handler(request, response);
      });
      return server;
    },
  });
  async function close(): Promise<void> {
    // A connection that was busy at first is idle once it has its answer, and would be kept for the next request.
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      // Node takes one for busy that was opened in advance and has never asked anything.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, 50);
    try {
      await app.close();
    } finally {
      clearInterval(sweep);
    }
  }

  return {
    server,
    app,
    listen: (port, host) => app.listen({ port, host }),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
