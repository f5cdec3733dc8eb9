import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Target } from './target.ts';

/** The whole of it: connecting, sending, the answer's head. */
const timeoutMs = 10_000;

/** POSTs to the address that was looked at, whatever the name says by now. Redirects are answers like others. */
export function post(
  { url, address, family }: Target,
  body: string,
  headers: Readonly<Record<string, string>>,
  within = timeoutMs,
): Promise<{ status: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number }>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const sent = send(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    agent: false, // no connection is kept: the next one is looked at anew
    lookup: (_name, options, found) =>
      options.all ? found(null, [{ address, family }]) : found(null, address, family),
  });
  const tooLate = setTimeout(() => {
    sent.destroy(new Error(`no answer within ${within / 1_000} s`));
  }, within);
  sent.once('response', (response) => {
    resolve({ status: response.statusCode ?? 0 });
    // What the answer says is nobody's business, and may be endless.
    response.destroy();
  });
  sent.once('error', reject);
  sent.once('close', () => {
    clearTimeout(tooLate);
    reject(new Error('the connection was closed without an answer')); // no effect behind an answer
  });
  sent.end(body);
  return promise;
}
