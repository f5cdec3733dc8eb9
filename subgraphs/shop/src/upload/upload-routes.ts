import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@alexandrite/telemetry/log';
import type { FastifyInstance } from 'fastify';
import { sendModel } from '../model/send-model.ts';
import type { Shop } from '../shop.ts';
import { UploadReceiver } from './receive-upload.ts';
import { UploadError } from './upload-error.ts';

const discardMs = 3_000; // how long an unwanted body is read on, so that its sender gets to read the answer

/** `PUT /uploads/:token` and `GET /uploads/models/:id`: whoever has the URL is allowed to, nobody needs a header. */
export function uploadRoutes(shop: Shop) {
  const receiver = new UploadReceiver(shop);
  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (scope) => {
      // Bodies are not read but passed on, whatever they say they are.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, body, done) => done(null, body));
      scope.setErrorHandler(async (error, request, reply) => {
        const known = error instanceof UploadError ? error : failed(shop.log, error);
        await discard(request.raw);
        return reply
          .code(known.statusCode)
          .header('cache-control', 'no-store')
          .send({ error: { code: known.code, message: known.message } });
      });

      scope.put<{ Params: { token: string } }>(
        '/uploads/:token',
        { bodyLimit: Number.MAX_SAFE_INTEGER }, // the receiver counts
        async (request, reply) => {
          const announced = request.headers['content-length'];
          const file = await receiver.receive(
            request.params.token,
            request.raw,
            announced === undefined ? undefined : Number(announced),
          );
          return reply.code(201).header('cache-control', 'no-store').send(file);
        },
      );

      scope.get<{ Params: { id: string }; Querystring: Record<string, unknown> }>(
        '/uploads/models/:id',
        { exposeHeadRoute: false },
        (request, reply) => sendModel(shop, request.params.id, request.query, reply),
      );
    });
  };
}

function failed(log: Log, error: unknown): { statusCode: number; code: string; message: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    log.info({ err: error }, 'an upload was broken off'); // there is nobody left to read this answer
  } else {
    log.error({ err: error }, 'an upload or download failed');
  }
  return { statusCode: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Something failed on our side.' };
}

async function discard(body: Readable): Promise<void> {
  if (body.readableEnded || body.destroyed) return;
  const late = new AbortController();
  const ended = new Promise<void>((resolve) => {
    body.once('end', resolve).once('error', resolve).once('close', resolve).resume();
  });
  await Promise.race([ended, sleep(discardMs, undefined, { signal: late.signal })]).catch(() => {}); // only the abort
  late.abort();
}
