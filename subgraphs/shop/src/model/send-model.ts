import { isUuid } from '@alexandrite/database/uuid';
import type { FastifyReply } from 'fastify';
import type { Shop } from '../shop.ts';
import { UploadError } from '../upload/upload-error.ts';
import { Model } from './model.ts';

/** Sends the bytes of a model to whoever has a signed URL. Throws `UploadError`. */
export async function sendModel(
  { database, files, downloadUrls, log }: Shop,
  id: string,
  query: { expires?: unknown; signature?: unknown },
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!isUuid(id) || !downloadUrls.allows(id, query)) {
    throw new UploadError('LINK_INVALID', 403, 'The link is wrong or no longer valid.');
  }
  const model = await database.em().findOne(Model, id);
  const bytes = model?.sha256 ? await files.get(model.sha256) : null;
  if (!model || !bytes) {
    if (model?.sha256) log.error({ modelId: id, sha256: model.sha256 }, 'the bytes of a model are gone');
    throw new UploadError('MODEL_UNKNOWN', 404, 'There are no such bytes.');
  }
  return reply
    .type('application/octet-stream')
    .header('content-length', model.bytes)
    .header('content-disposition', contentDisposition(model.filename))
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cache-control', 'private, max-age=600')
    .send(bytes);
}

/** Always to be saved, never to be shown; the name in ASCII for old clients and as it is for the others (RFC 6266). */
export function contentDisposition(filename: string): string {
  const ascii = filename.replace(/[^ -~]|["\\%]/g, '_');
  const exact = encodeURIComponent(filename).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}
