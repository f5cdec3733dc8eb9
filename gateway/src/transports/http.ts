import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { Authenticate } from '../caller/authenticate.ts';
import type { FrameContext } from '../engine/frame.ts';
import { BodyError, readJson } from './body.ts';

export interface HttpOptions {
  server: ApolloServer<FrameContext>;
  authenticate: Authenticate;
  forwardHeaders: readonly string[];
  maxBodyBytes: number;
}

/** GraphQL over HTTP with one answer: POST, and GET for queries. */
export function graphqlOverHttp({ server, authenticate, forwardHeaders, maxBodyBytes }: HttpOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body: unknown;
    if (request.method === 'POST') {
      try {
        body = await readJson(request, maxBodyBytes);
      } catch (error) {
        if (!(error instanceof BodyError)) throw error;
        refuse(response, error);
        return;
      }
    }
    const url = request.url ?? '';
    const question = url.indexOf('?');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'GET',
        headers: headerMap(request),
        search: question < 0 ? '' : url.slice(question),
        body,
      },
      context: async () => ({
        caller: {
          claims: await authenticate(request.headers.authorization),
          forwarded: pick(request, forwardHeaders),
          signal: gone.signal,
        },
      }),
    });
    if (!acceptsGraphqlResponse(request)) asPlainJson(answer);
    await send(response, answer);
  };
}

/** GraphQL over HTTP: `application/json` says of a request that could be read 200, whatever became of it. */
const readable = new Set<unknown>([
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'LIMIT_EXCEEDED',
  'MAX_COST_EXCEEDED',
  'OPERATION_RESOLUTION_FAILURE',
  'THROTTLED',
]);

function acceptsGraphqlResponse({ headers: { accept = '' } }: IncomingMessage): boolean {
  return accept.includes('application/graphql-response+json');
}

function asPlainJson(answer: HTTPGraphQLResponse): void {
  const { status = 200, body } = answer;
  if (status < 400 || status === 405 || body.kind !== 'complete') return;
  const { errors } = JSON.parse(body.string) as { errors?: { extensions?: { code?: unknown } }[] };
  if (readable.has(errors?.[0]?.extensions?.code)) answer.status = 200;
}

/** The client's headers that the configuration lets through to subgraphs. */
export function pick(request: IncomingMessage, names: readonly string[]): Readonly<Record<string, string>> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = request.headers[name.toLowerCase()];
    if (value !== undefined) picked[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return picked;
}

function headerMap(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

async function send(response: ServerResponse, answer: HTTPGraphQLResponse): Promise<void> {
  if (response.destroyed) return;
  response.statusCode = answer.status ?? 200;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  if (answer.body.kind === 'complete') {
    response.setHeader('content-length', Buffer.byteLength(answer.body.string));
    response.end(answer.body.string);
    return;
  }
  for await (const chunk of answer.body.asyncIterator) response.write(chunk);
  response.end();
}

/** The connection is closed, since the rest of the body has not been read. */
export function refuse(response: ServerResponse, error: BodyError): void {
  const text = JSON.stringify({ errors: [{ message: error.message, extensions: { code: 'BAD_REQUEST' } }] });
  response
    .writeHead(error.status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      connection: 'close',
    })
    .end(text);
}
