import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import { type CompressionSettings, compress, type Encoding, encodingFor } from './compression.ts';

/** A whole answer, before it is written. */
export interface Answer {
  status: number;
  type: string;
  /** Beside those of the content. */
  headers: ReadonlyMap<string, string> | undefined;
  text: string;
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

/** The status of an answer of this type whose errors, if any, ask for `status`. */
export function settledStatus(
  status: number,
  type: string,
  errors: readonly GraphQLFormattedError[] | undefined,
): number {
  if (status < 400 || status === 405 || !type.startsWith('application/json')) return status;
  return readable.has(errors?.[0]?.extensions?.code) ? 200 : status;
}

/** Writes an answer, compressed where that is wanted, the client takes it and it pays. */
export function writeAnswer(
  response: ServerResponse,
  { status, type, headers, text }: Answer,
  compression: CompressionSettings,
): Promise<void> | undefined {
  if (response.destroyed) return undefined;
  const fields = ['content-type', type];
  if (headers) for (const [name, value] of headers) fields.push(name, value);
  const length = Buffer.byteLength(text);
  if (compression.enabled && length >= compression.minBytes) {
    // Appending is not for lists of fields: what was set before would be lost.
    const vary = response.getHeader('vary');
    fields.push('vary', vary === undefined ? 'accept-encoding' : `${String(vary)}, accept-encoding`);
    const encoding = encodingFor(response.req.headers['accept-encoding']);
    if (encoding) return writeCompressed(response, status, fields, text, encoding);
  }
  fields.push('content-length', String(length));
  response.writeHead(status, fields).end(text);
  return undefined;
}

async function writeCompressed(
  response: ServerResponse,
  status: number,
  fields: string[],
  text: string,
  encoding: Encoding,
): Promise<void> {
  const bytes = await compress(text, encoding);
  if (response.destroyed) return;
  fields.push('content-encoding', encoding, 'content-length', String(bytes.length));
  response.writeHead(status, fields).end(bytes);
}
