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
export function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    checkHeaders(request, maxBytes);
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        request.pause().removeAllListeners('data');
        reject(tooLarge(maxBytes));
      } else if (first === undefined) first = chunk;
      else if (more) more.push(chunk);
      else more = [first, chunk];
    });
    request.on('end', () => {
      const bytes = more ? Buffer.concat(more, size) : first;
      try {
        resolve(JSON.parse(bytes ? bytes.toString() : ''));
      } catch (cause) {
        reject(new BodyError(400, 'Expected a body that is JSON.', { cause }));
      }
    });
    // Also when the client goes in the middle.
    request.on('error', reject);
  });
}

function checkHeaders({ headers }: IncomingMessage, maxBytes: number): void {
  const type = headers['content-type'];
  if (type !== 'application/json') checkType(type ?? '');
  const encoding = headers['content-encoding'];
  if (encoding && encoding !== 'identity') {
    throw new BodyError(415, 'Expected a body that is not compressed.');
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

function checkType(type: string): void {
  const [essence = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (essence !== 'application/json' && essence !== 'application/graphql+json') {
    throw new BodyError(415, 'Expected a body of the type application/json.');
  }
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) throw new BodyError(415, 'Expected JSON in UTF-8.');
}

function tooLarge(maxBytes: number): BodyError {
  return new BodyError(413, `Expected a body of at most ${maxBytes} bytes.`);
}
