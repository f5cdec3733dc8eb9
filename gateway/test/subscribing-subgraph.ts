import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, type GraphQLSchema, graphql, parse, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SubgraphDefinition } from './subgraph-server.ts';

/** A subgraph that serves subscriptions of its own, over both protocols, at a port that it keeps when it comes back. */
export class SubscribingSubgraph implements AsyncDisposable {
  readonly name: string;
  readonly sdl: string;
  url = '';
  /** What has been subscribed to and not been left, by who has asked. */
  readonly running = new Set<{ query: string; headers: IncomingHttpHeaders }>();
  /** What sockets have introduced themselves with. */
  readonly introduced: Record<string, unknown>[] = [];
  /** Sockets that are open. */
  readonly sockets = new Set<WebSocket>();
  /** Answers a request for a stream before GraphQL does, where it is there. */
  intercept: ((response: ServerResponse) => void) | undefined;
  /** How long it reads nothing behind the introduction on a socket, as if the network were slow. */
  slowToReadMs = 0;
  readonly #schema: GraphQLSchema;
  #stop: () => Promise<void> = () => Promise.resolve();

  private constructor({ name, sdl, resolvers }: SubgraphDefinition) {
    this.name = name;
    this.sdl = sdl;
    this.#schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]);
  }

  static async start(definition: SubgraphDefinition): Promise<SubscribingSubgraph> {
    const subgraph = new SubscribingSubgraph(definition);
    await subgraph.start();
    return subgraph;
  }

  /** Begins to listen, where it did before. */
  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    const sockets = new WebSocketServer({ server, path: '/graphql' });
    sockets.on('connection', (socket) => {
      this.sockets.add(socket);
      if (this.slowToReadMs > 0) {
        socket.once('message', () => {
          socket.pause();
          setTimeout(() => socket.resume(), this.slowToReadMs);
        });
      }
      socket.once('close', () => this.sockets.delete(socket));
    });
    const protocol = useServer(
      {
        schema: this.#schema,
        onConnect: ({ connectionParams }) => {
          this.introduced.push(connectionParams ?? {});
        },
        onSubscribe: (context, _, { query, variables }) => {
          const { request } = context.extra as { request: IncomingMessage };
          const one = { query, headers: request.headers };
          const document = parse(query);
          const errors = validate(this.#schema, document);
          if (errors.length > 0) return errors;
          this.running.add(one);
          return { schema: this.#schema, document, variableValues: variables, contextValue: one };
        },
        onComplete: (_, __, payload) => this.#ended(payload.query),
        onClose: () => this.running.clear(),
      },
      sockets,
    );
    const port = this.url ? Number(new URL(this.url).port) : 0;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    this.#stop = async () => {
      for (const socket of this.sockets) socket.terminate();
      server.closeAllConnections();
      await protocol.dispose();
      await new Promise((resolve) => server.close(resolve));
    };
  }

  /** As a machine that hangs: sockets stay open, and nothing comes of them. */
  freeze(): void {
    for (const socket of this.sockets) socket.pause();
  }

  /** As if it were killed: connections break, nobody is told anything. */
  async kill(): Promise<void> {
    const stop = this.#stop;
    this.#stop = () => Promise.resolve();
    await stop();
    this.running.clear();
  }

  #ended(query: string): void {
    for (const one of this.running) {
      if (one.query === query) {
        this.running.delete(one);
        return;
      }
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
    const document = parse(query);
    if (request.headers.accept !== 'text/event-stream') {
      const result = await graphql({ schema: this.#schema, source: query, variableValues: variables });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
      return;
    }
    if (this.intercept) {
      this.intercept(response);
      return;
    }
    const one = { query, headers: request.headers };
    const stream = await subscribe({
      schema: this.#schema,
      document,
      variableValues: variables,
      contextValue: one,
    });
    if (!(Symbol.asyncIterator in stream)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(stream));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
    this.running.add(one);
    response.once('close', () => {
      this.running.delete(one);
      void stream.return?.(undefined);
    });
    for await (const result of stream as AsyncIterable<ExecutionResult>) {
      response.write(`event: next\r\ndata: ${JSON.stringify(result)}\r\n\r\n`);
    }
    response.end('event: complete\ndata:\n\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
