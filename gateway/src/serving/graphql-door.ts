import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '@alexandrite/telemetry/log';
import { requestSpan } from '@alexandrite/telemetry/request-span';
import { startTrace, withTrace } from '@alexandrite/telemetry/trace';
import { tracerOf } from '@alexandrite/telemetry/tracer';
import type { HttpStreams } from '../transports/http-stream.ts';
import { type CorsOptions, createCors } from './cors.ts';
import type { Door } from './public-server.ts';

export const graphqlPath = '/graphql';
const tracer = tracerOf('gateway');

export interface GraphqlDoorOptions {
  log: Log;
  http: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  streams: HttpStreams;
  cors: CorsOptions | undefined;
  /** Where a browser that comes without a question is sent. */
  playground: string | undefined;
}

/** `/graphql` over HTTP. Each request is a step of its client's trace, or begins one. */
export function graphqlDoor({ log, http, streams, cors, playground }: GraphqlDoorOptions): Door {
  const allowOrigins = cors && createCors(cors);
  return (request, response) => {
    const url = request.url ?? '';
    const question = url.indexOf('?');
    if ((question < 0 ? url : url.slice(0, question)) !== graphqlPath) return false;
    if (allowOrigins?.(request, response)) return true;
    if (playground && request.method === 'GET' && isBrowser(request)) {
      response.writeHead(302, { location: playground + (question < 0 ? '' : url.slice(question)) }).end();
      return true;
    }
    const { traceparent } = request.headers;
    const trace =
      requestSpan(tracer, request, response, graphqlPath)?.trace ??
      startTrace(typeof traceparent === 'string' ? traceparent : undefined);
    const format = streams.formatOf(request);
    withTrace(trace, () => {
      (format ? streams.serve(request, response, format) : http(request, response)).catch(
        (error: unknown) => {
          if (!response.destroyed) log.error({ err: error }, 'a GraphQL request failed');
          if (response.headersSent) response.destroy();
          else response.writeHead(500, { 'content-type': 'application/json' }).end(internalError);
        },
      );
    });
    return true;
  };
}

const internalError = JSON.stringify({
  errors: [{ message: 'Something went wrong here.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
});

/** Somebody who types an address asks for a page first, and not for JSON at all. */
function isBrowser({ headers: { accept = '' } }: IncomingMessage): boolean {
  return accept.includes('text/html') && !accept.includes('json');
}
