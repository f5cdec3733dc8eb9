import type { IncomingMessage } from 'node:http';

export class BodyError extends Error {
  readonly status: 400 | 413 | 415;
  constructor(status: 400 | 413 | 415, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BodyError';
    this.status = status;
  }
}

/** The JSON of a request, read to its end or to the limit. Rejects with a `BodyError`. */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  const [essence = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (essence !== 'application/json' && essence !== 'application/graphql+json') {
    throw new BodyError(415, 'Expected a body of the type application/json.');
  }
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) throw new BodyError(415, 'Expected JSON in UTF-8.');
  if (request.headers['content-encoding'] && request.headers['content-encoding'] !== 'identity') {
    throw new BodyError(415, 'Expected a body that is not compressed.');
  }
  const tooLarge = () => new BodyError(413, `Expected a body of at most ${maxBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new BodyError(400, 'Expected a body that is JSON.', { cause });
  }
}
