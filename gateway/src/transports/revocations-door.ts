import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Bus, BusError } from '@alexandrite/bus';
import type { Log } from '@alexandrite/telemetry/log';
import { isObject, type JsonObject, own } from '../execute/json.ts';
import type { Door } from '../serving/public-server.ts';
import { BodyError, readJson } from './body.ts';
import { refuse } from './http.ts';

export interface RevocationsDoorOptions {
  bus: Bus;
  /** Where every gateway hears of it. */
  subject: string;
  /** Claims by which tokens are withdrawn. */
  claims: readonly string[];
  isAdmin: (authorization: string) => Promise<boolean>;
  log: Log;
}

export const revocationsPath = '/revocations';
/** A claim and its value. */
const maxBodyBytes = 16_384;

/** POST `{ "<claim>": "<value>" }`, for administrators: every gateway refuses such tokens from then on. */
export function revocationsDoor({ bus, subject, claims, isAdmin, log }: RevocationsDoorOptions): Door {
  async function revoke(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization } = request.headers;
    // Why somebody is none is not for everybody to know.
    const admin = authorization !== undefined && (await isAdmin(authorization).catch(() => false));
    if (!admin) {
      answer(response, 403, 'Expected the token of an administrator.');
      return;
    }
    try {
      if (request.method !== 'POST') throw new BodyError(400, 'Expected POST.');
      const revoked = readClaims(await readJson(request, maxBodyBytes), claims);
      await bus.publish(subject, revoked, { messageId: randomUUID() });
      log.info({ revoked }, 'tokens are withdrawn');
      answer(response, 200, { revoked });
    } catch (error) {
      if (error instanceof BodyError) refuse(response, error);
      else if (error instanceof BusError) answer(response, 503, 'The bus cannot be had now: try again.');
      else throw error;
    }
  }

  return (request, response) => {
    if ((request.url ?? '').split('?', 1)[0] !== revocationsPath) return false;
    revoke(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a revocation failed');
      answer(response, 500, 'Something went wrong here.');
    });
    return true;
  };
}

/** Throws a `BodyError`. */
function readClaims(body: unknown, claims: readonly string[]): JsonObject {
  const named = isObject(body) ? Object.keys(body) : [];
  const fits = named.every((name) => {
    const value = own(body as JsonObject, name);
    return claims.includes(name) && typeof value === 'string' && value !== '';
  });
  if (!fits || named.length !== 1) {
    throw new BodyError(400, `Expected an object with one of ${claims.join(', ')}, and its value as a text.`);
  }
  return body as JsonObject;
}

function answer(response: ServerResponse, status: number, content: object | string): void {
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(typeof content === 'string' ? { errors: [{ message: content }] } : content);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}
