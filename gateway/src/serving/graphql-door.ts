import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '@alexandrite/telemetry/log';
import { startTrace, withTrace } from '@alexandrite/telemetry/trace';
import type { Door } from './public-server.ts';

export const graphqlPath = '/graphql';

export interface GraphqlDoorOptions {
  log: Log;
  http: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** `/graphql` over HTTP. Each request is a step of its client's trace, or begins one. */
export function graphqlDoor({ log, http }: GraphqlDoorOptions): Door {
  return (request, response) => {
    if (pathOf(request) !== graphqlPath) return false;
    const { traceparent } = request.headers;
    const trace = startTrace(typeof traceparent === 'string' ? traceparent : undefined);
    withTrace(trace, () => {
      http(request, response).catch((error: unknown) => {
        if (!response.destroyed) log.error({ err: error }, 'a GraphQL request failed');
        if (response.headersSent) response.destroy();
        else response.writeHead(500, { 'content-type': 'application/json' }).end(internalError);
      });
    });
    return true;
  };
}

const internalError = JSON.stringify({
  errors: [{ message: 'Something went wrong here.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
});

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '';
  const question = url.indexOf('?');
  return question < 0 ? url : url.slice(0, question);
}
