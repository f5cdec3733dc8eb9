import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Claims } from '@alexandrite/auth/token';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { Authenticate } from '../caller/authenticate.ts';
import type { FrameContext } from '../engine/frame.ts';
import { gatewayError } from '../errors.ts';
import { settledStatus, writeAnswer } from './answer.ts';
import { BodyError, readJson } from './body.ts';
import type { CompressionSettings } from './compression.ts';
import type { DirectWay } from './direct-way.ts';
import { HttpCaller } from './http-caller.ts';
import { json } from './media-type.ts';
import { planHeader, type ReadWantedPlan } from './plan-request.ts';
import { writeParts } from './write-parts.ts';

export interface HttpOptions {
  server: ApolloServer<FrameContext>;
  /** For what is usual; without it everything takes the frame's way. */
  direct: DirectWay | undefined;
  authenticate: Authenticate;
  forwardHeaders: readonly string[];
  maxBodyBytes: number;
  compression: CompressionSettings;
  /** The most operations of one request. */
  maxBatch: number;
  wantedPlan: ReadWantedPlan;
}

/** GraphQL over HTTP with one answer: POST, and GET for queries. */
export function graphqlOverHttp(options: HttpOptions) {
  const { direct, authenticate, maxBodyBytes, compression } = options;
  const forwardHeaders = options.forwardHeaders.map((name) => name.toLowerCase());
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
    const claims = direct && authenticate(request.headers.authorization);
    const callerOf = (claims: Claims | null) =>
      new HttpCaller(claims, pick(request, forwardHeaders), response);
    // A token that is refused is refused by the frame, which waits for the same claims.
    const caller = direct && (claims ? await claims.then(callerOf, () => null) : callerOf(null));
    const found = caller && request.headers[planHeader] === undefined && direct.find(request, body);
    const answer = found ? await direct.answer(found, caller) : {};
    if ('text' in answer) {
      const writing = writeAnswer(response, answer, compression);
      if (writing) await writing;
      return;
    }
    const { refused } = answer;
    await framed(options, request, response, body, async () => {
      const known = await (claims === undefined ? authenticate(request.headers.authorization) : claims);
      return {
        caller: callerOf(known),
        plan: options.wantedPlan(request, known),
        batched: Array.isArray(body),
        refused,
      };
    });
  };
}

async function framed(
  { server, compression, maxBatch }: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
  makeContext: () => Promise<FrameContext>,
): Promise<void> {
  const url = request.url ?? '';
  const question = url.indexOf('?');
  const answer = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method ?? 'GET',
      headers: headerMap(request),
      search: question < 0 ? '' : url.slice(question),
      body,
    },
    context: async () => {
      const context = await makeContext();
      if (Array.isArray(body) && body.length > maxBatch) {
        throw gatewayError('LIMIT_EXCEEDED', `Expected at most ${maxBatch} operations in one request.`);
      }
      return context;
    },
  });
  const { headers, body: content, status = 200 } = answer;
  if (content.kind !== 'complete') {
    await writeParts(response, answer, content.asyncIterator);
    return;
  }
  const type = headers.get('content-type') ?? json;
  headers.delete('content-type');
  const { string: text } = content;
  const settled = status < 400 ? status : statusOfText(status, type, text);
  await writeAnswer(response, { status: settled, type, headers, text }, compression);
}

function statusOfText(status: number, type: string, text: string): number {
  const answer = JSON.parse(text) as { errors?: GraphQLFormattedError[] } | unknown[];
  // A list of answers has one status, which cannot be that of each.
  return Array.isArray(answer) ? 200 : settledStatus(status, type, answer.errors);
}

const none: Readonly<Record<string, string>> = {};

/** The client's headers that the configuration lets through to subgraphs. */
export function pick(request: IncomingMessage, names: readonly string[]): Readonly<Record<string, string>> {
  if (names.length === 0) return none;
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
