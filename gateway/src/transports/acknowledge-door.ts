import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '@alexandrite/telemetry/log';
import { GraphQLError } from 'graphql';
import type { Authenticate } from '../caller/authenticate.ts';
import type { Operations } from '../engine/operations.ts';
import { formatError, gatewayError } from '../errors.ts';
import { isObject } from '../execute/json.ts';
import type { Door } from '../serving/public-server.ts';
import { BodyError, readJson } from './body.ts';
import { refuse } from './http.ts';

export interface AcknowledgeOptions {
  /** Where it is. */
  path: string;
  operations: Operations;
  authenticate: Authenticate;
  log: Log;
}

/** A name and a cursor. */
const maxBodyBytes = 16_384;

/** POST `{ "durable", "cursor" }`: for durable subscribers whose transport has no way back. */
export function acknowledgeDoor({ path, operations, authenticate, log }: AcknowledgeOptions): Door {
  async function acknowledge(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method !== 'POST') throw new BodyError(400, 'Expected POST.');
      const body = await readJson(request, maxBodyBytes);
      if (!isObject(body)) throw new BodyError(400, 'Expected a JSON object.');
      const claims = await authenticate(request.headers.authorization);
      await operations.acknowledge({ claims }, body);
      answer(response, 200, { acknowledged: body.cursor });
    } catch (error) {
      if (error instanceof BodyError) refuse(response, error);
      else if (error instanceof GraphQLError) {
        const { status = 404 } = (error.extensions.http ?? {}) as { status?: number };
        answer(response, status, { errors: [formatError(error)] });
      } else {
        log.error({ err: error }, 'an acknowledgement failed');
        const shown = gatewayError('INTERNAL_SERVER_ERROR', 'Something went wrong here.');
        answer(response, 500, { errors: [formatError(shown)] });
      }
    }
  }

  return (request, response) => {
    if ((request.url ?? '').split('?', 1)[0] !== path) return false;
    acknowledge(request, response).catch((error: unknown) => {
      log.debug({ err: error }, 'an acknowledgement could not be answered');
      response.destroy();
    });
    return true;
  };
}

function answer(response: ServerResponse, status: number, content: object): void {
  if (response.destroyed) return;
  const text = JSON.stringify(content);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}
