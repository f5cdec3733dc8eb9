import { ConnectionError } from './connection-error.ts';

/** They say where a request ends, or belong to the connection: nobody else says them. */
const ofConnection = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const token = /^[\w!#$%&'*+.^`|~-]+$/;
const notText = /[^\t\x20-\x7e\x80-\xff]/;
const beyondAscii = /[\x80-\xff]/;

/** What the head of each request to a URL begins with. */
export function requestLines({ host, pathname, search }: URL): string {
  return `POST ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
}

let lastHeaders: Readonly<Record<string, string>> | undefined;
let lastLines = '';

/** Headers as they are sent. Throws a ConnectionError where they would say something else there. */
export function headerLines(headers: Readonly<Record<string, string>>): string {
  // The fetches of one request begin together, with the same headers.
  if (headers === lastHeaders) return lastLines;
  let lines = '';
  for (const name in headers) {
    const value = headers[name]!;
    if (!token.test(name) || ofConnection.has(name.toLowerCase()) || notText.test(value)) {
      throw new ConnectionError(
        'HTTP_UNSENDABLE',
        `Expected a header that can be sent, got ${name.slice(0, 80)}.`,
      );
    }
    lines += `${name}: ${value}\r\n`;
  }
  lastHeaders = headers;
  lastLines = lines;
  return lines;
}

/** A request as it is written: in one piece, so that it is one packet where it can be. */
export interface WrittenRequest {
  data: string | Buffer;
  encoding: 'latin1' | 'utf8';
}

/** `head` ends with its last header. */
export function writtenRequest(head: string, body: string): WrittenRequest {
  const length = Buffer.byteLength(body);
  const whole = `${head}content-length: ${length}\r\n\r\n`;
  // Headers are Latin-1 and the body is UTF-8; as long as the body is ASCII, or the head is, the other one's does.
  if (length === body.length) return { data: whole + body, encoding: 'latin1' };
  if (!beyondAscii.test(whole)) return { data: whole + body, encoding: 'utf8' };
  return { data: Buffer.concat([Buffer.from(whole, 'latin1'), Buffer.from(body)]), encoding: 'latin1' };
}
