import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Span } from './span.ts';
import { traceparentHeader } from './trace.ts';
import type { Tracer } from './tracer.ts';

/**
 * The step of a server that answers an HTTP request, below the one its `traceparent` names; ends with the response.
 * `route` is what the server knows the path as. Undefined when traces are off.
 */
export function requestSpan(
  tracer: Tracer,
  request: IncomingMessage,
  response: ServerResponse,
  route: string,
): Span | undefined {
  if (!tracer.on) return undefined;
  const { method = 'GET', headers, httpVersion } = request;
  const traceparent = headers[traceparentHeader];
  const span = tracer.enter(`${method} ${route}`, typeof traceparent === 'string' ? traceparent : undefined, {
    kind: 'server',
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': route,
      'url.scheme': 'http',
      'network.protocol.version': httpVersion,
    },
  });
  if (!span?.trace.sampled) return span;
  response.once('close', () => {
    const { statusCode, writableFinished } = response;
    // Who leaves before the answer is no failure of ours.
    if (!writableFinished) span.set({ 'error.type': 'client_gone' });
    else span.set({ 'http.response.status_code': statusCode });
    if (statusCode >= 500) span.fail(String(statusCode));
    span.end();
  });
  return span;
}
