import type { IncomingMessage, ServerResponse } from 'node:http';

export interface CorsOptions {
  origins: readonly string[];
  maxAgeSeconds: number;
}

/**
 * Lets pages of other origins ask. Returns true when the request was a preflight, which is answered then. There are no
 * cookies, so credentials are never allowed.
 */
export function createCors({ origins, maxAgeSeconds }: CorsOptions) {
  const any = origins.includes('*');
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { origin } = request.headers;
    if (!any) response.appendHeader('vary', 'origin');
    if (origin === undefined) return false;
    const allowed = any || origins.includes(origin);
    if (allowed) {
      response.setHeader('access-control-allow-origin', any ? '*' : origin);
      response.setHeader('access-control-expose-headers', 'retry-after');
    }
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
      return false;
    if (allowed) {
      response.setHeader('access-control-allow-methods', 'GET, POST');
      response.setHeader('access-control-max-age', maxAgeSeconds);
      const wanted = request.headers['access-control-request-headers'];
      if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted);
    }
    response.writeHead(204).end();
    return true;
  };
}
