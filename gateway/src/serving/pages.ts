import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Log } from '@alexandrite/telemetry/log';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Door } from './public-server.ts';

export interface Page {
  /** Where it is: `/` or `/shop`. */
  path: string;
  directory: string;
  /** There only for requests to localhost, whatever name leads here: no foreign page can read it by a name of its own. */
  loopbackOnly: boolean;
}

export interface PagesOptions {
  pages: readonly Page[];
  /** Where `/` leads when nothing is there. */
  home: string | undefined;
  contentSecurityPolicy: string;
  log: Log;
}

/** Names with a hash of their content: they may be kept for ever. */
const hashed = /[-.][\w-]{8,}\.(?:js|css|woff2?|svg|png|jpe?g|webp|wasm|map)(?:\.br|\.gz)?$/;

/** The names of this machine for itself, as a Host header gives them. */
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Folders served as they are. A folder's `index.html` is the folder; below a page's own path it is also what is not a file,
 * since a page may have addresses of its own.
 */
export async function openPages(options: PagesOptions): Promise<AsyncDisposable & { door: Door }> {
  const { pages, home, contentSecurityPolicy, log } = options;
  const app = fastify({ logger: false });
  const headers = {
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
  await app.register(fastifyStatic, {
    root: process.cwd(),
    serve: false,
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      reply.header('cache-control', hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const { path, directory, loopbackOnly } of pages) {
    const root = resolve(directory);
    if (!(await isKind(root, 'directory'))) log.warn({ path, directory }, 'a page has no folder');
    const serve = async (wanted: string, { headers: { host } }: FastifyRequest, reply: FastifyReply) => {
      const isShown = !loopbackOnly || (host !== undefined && loopback.test(host));
      const file = isShown ? await findFile(root, wanted, path !== '/') : null;
      if (file === null) return reply.code(404).type('text/plain; charset=utf-8').send('Not found\n');
      return reply.headers(headers).sendFile(file, root);
    };
    const prefix = path === '/' ? '' : path;
    app.get(path, (request, reply) => serve('', request, reply));
    app.get<{ Params: { '*': string } }>(`${prefix}/*`, (request, reply) =>
      serve(request.params['*'], request, reply),
    );
  }
  if (home && !pages.some(({ path }) => path === '/')) app.get('/', (_, reply) => reply.redirect(home, 302));
  await app.ready();
  return {
    // What is no page is told so by the framework: nothing comes after this door.
    door(request, response) {
      app.routing(request, response);
      return true;
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** The file for an address inside a root, relative to it; null when there is none. */
async function findFile(root: string, wanted: string, indexForAll: boolean): Promise<string | null> {
  const inside = relative(root, join(root, wanted));
  if (inside.startsWith('..') || isAbsolute(inside) || wanted.includes('\0')) return null;
  if (inside !== '' && (await isKind(join(root, inside), 'file'))) return inside;
  const index = join(inside, 'index.html');
  if (await isKind(join(root, index), 'file')) return index;
  // What has an extension was meant to be a file.
  const isAddress = !/\.\w+$/.test(inside);
  return indexForAll && isAddress && (await isKind(join(root, 'index.html'), 'file')) ? 'index.html' : null;
}

async function isKind(path: string, kind: 'file' | 'directory'): Promise<boolean> {
  try {
    const found = await stat(path);
    return kind === 'file' ? found.isFile() : found.isDirectory();
  } catch {
    return false; // not there, or not for us: both are "not found"
  }
}
