import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

/** What a server does with a request; `count` is 1 for the first. */
export type Answers = (response: ServerResponse, request: IncomingMessage, count: number) => void;

/** A server over HTTP on a free port that does to each request what it is told. */
export interface FaultyServer extends AsyncDisposable {
  url: string;
  seen: IncomingMessage[];
  answers: Answers;
  /** How many connections there have been. */
  connections: number;
  /** Closes those that wait for a request. */
  hangUp(): void;
}

export async function startFaultyServer(answers: Answers): Promise<FaultyServer> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      faulty.seen.push(request);
      faulty.answers(response, request, faulty.seen.length);
    });
  });
  server.on('connection', () => faulty.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const faulty: FaultyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    seen: [],
    answers,
    connections: 0,
    hangUp: () => server.closeIdleConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return faulty;
}

/** A port where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answers =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

export const hello = json({ data: { hello: 'world' } });

/** Answers when it is told to, in the order in which it was asked. */
export function held(): { answers: Answers; waiting: () => number; release: (how?: Answers) => void } {
  const waiting: [ServerResponse, IncomingMessage, number][] = [];
  return {
    answers: (...request) => void waiting.push(request),
    waiting: () => waiting.length,
    release: (how = hello) => {
      for (const request of waiting.splice(0)) how(...request);
    },
  };
}

/** Resolves when the condition holds; a test that waits in vain runs into its own end. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
