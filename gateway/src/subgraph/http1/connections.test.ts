import { once } from 'node:events';
import { type AddressInfo, createServer, type LookupFunction, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { until } from '../../../test/faulty-server.ts';
import { localhost } from '../../../test/localhost-certificate.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';

const kept = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A server that has seen `text` so far on its connection `count`, and does something about it. */
type Behaves = (socket: Socket, text: string, count: number) => void;

async function start(server: Server, behaves: Behaves) {
  const sockets: Socket[] = [];
  const texts: string[] = [];
  server.on('tlsClientError', () => undefined);
  server.on(server.listenerCount('connection') > 0 ? 'secureConnection' : 'connection', (socket: Socket) => {
    const index = sockets.push(socket) - 1;
    texts.push('');
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        texts[index] += data.toString('latin1');
        behaves(socket, texts[index]!, index + 1);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    texts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const overTcp = (behaves: Behaves) => start(createServer(), behaves);
const overTls = (behaves: Behaves) => start(createTlsServer(localhost), behaves);

function open(url: string, options: Partial<ConnectionsOptions> = {}) {
  const connections = new Connections(new URL(url), {
    connectTimeoutMs: 5_000,
    maxResponseBytes: 100_000,
    ...options,
  });
  const post = (body = '{}', fresh = false) => {
    const { promise: answer, resolve, reject } = Promise.withResolvers<string>();
    const asker = { answered: (response: { text(): string }) => resolve(response.text()), failed: reject };
    const connection = connections.post('a: b\r\n', body, asker, fresh);
    return { answer, abandon: () => connection?.abandon(asker) };
  };
  return {
    post,
    ask: (body?: string, fresh?: boolean) => post(body, fresh).answer,
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}

/** Requests whose body is `{}`. */
const asked = (text: string) => text.split('{}').length - 1;

describe.each([
  ['TCP', overTcp, (port: number) => `http://127.0.0.1:${port}/a?b`, {}],
  ['TLS', overTls, (port: number) => `https://localhost:${port}/a?b`, { tls: { ca: localhost.cert } }],
])('connections over %s', (_, serve, urlOf, options) => {
  test('are used again, one request at a time', async () => {
    await using server = await serve((socket, text) => void (text.endsWith('{}') && socket.write(kept)));
    await using connections = open(urlOf(server.port), options);
    for (let i = 0; i < 5; i++) expect(await connections.ask()).toBe('ok');
    expect(server.sockets.length).toBe(1);
    expect(await Promise.all([connections.ask(), connections.ask(), connections.ask()])).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(server.sockets.length).toBe(3);
    expect(await connections.ask('{}', true)).toBe('ok');
    expect(server.sockets.length).toBe(4);
    const [host] = new URL(urlOf(server.port)).host.split('/');
    expect(server.texts[0]).toMatch(
      `POST /a?b HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\na: b\r\ncontent-length: 2\r\n\r\n{}`,
    );
  });

  test('carry large bodies both ways, and letters of all kinds', async () => {
    const large = 'wörld €😀'.repeat(50_000);
    const bytes = Buffer.byteLength(large);
    await using server = await serve((socket, text) => {
      if (text.endsWith('{}')) socket.write(kept);
      if (text.length < bytes || !text.includes('\r\n\r\n')) return;
      const body = text.slice(text.lastIndexOf('\r\n\r\n') + 4);
      if (body.length === bytes)
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n${body}`, 'latin1');
    });
    await using connections = open(urlOf(server.port), { ...options, maxResponseBytes: bytes });
    expect(await connections.ask(large)).toBe(large);
    expect(await connections.ask()).toBe('ok');
    expect(server.sockets.length).toBe(1);
  });

  test('end with what they carry', async () => {
    await using server = await serve((socket, text, count) => {
      if (!text.endsWith('{}')) return;
      if (count === 1) socket.end('HTTP/1.1 200 OK\r\n\r\nup to here');
      else if (count === 2) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf');
      else socket.end(kept.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
    });
    await using connections = open(urlOf(server.port), options);
    expect(await connections.ask()).toBe('up to here');
    await expect(connections.ask()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    for (let i = 0; i < 3; i++) expect(await connections.ask()).toBe('ok');
    expect(server.sockets.length).toBe(5);
  });
});

describe('a connection', () => {
  const close: [string, string][] = [
    ['says something behind its answer', `${kept}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
    ['says that it does not stay', kept.replace('\r\n\r\n', '\r\nkeep-alive: timeout=2\r\n\r\n')],
    ['is of an old server', kept.replace('1.1', '1.0')],
  ];
  test.each(close)('that %s is not used again', async (_, response) => {
    await using server = await overTcp(
      (socket, text) => void (text.endsWith('{}') && socket.write(response)),
    );
    await using connections = open(`http://127.0.0.1:${server.port}/`);
    for (let i = 0; i < 3; i++) expect(await connections.ask()).toBe('ok');
    expect(server.sockets.length).toBe(3);
    await until(() => server.sockets.every((socket) => socket.destroyed || socket.readableEnded));
  });

  test('that says something when nobody has asked is closed', async () => {
    await using server = await overTcp((socket, text) => void (text.endsWith('{}') && socket.write(kept)));
    await using connections = open(`http://127.0.0.1:${server.port}/`);
    expect(await connections.ask()).toBe('ok');
    server.sockets[0]!.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    await until(() => server.sockets[0]!.destroyed);
    expect(await connections.ask()).toBe('ok');
    expect(server.sockets.length).toBe(2);
  });

  test('on which the answer came before the whole request was sent is not used again', async () => {
    await using server = await overTcp((socket, text, count) => {
      if (count > 1) socket.write(kept);
      else if (!socket.isPaused()) {
        socket.pause();
        socket.write(kept);
      }
      expect(text).toMatch(/^POST/);
    });
    await using connections = open(`http://127.0.0.1:${server.port}/`);
    expect(await connections.ask('x'.repeat(50_000_000))).toBe('ok');
    expect(await connections.ask()).toBe('ok');
    expect(server.sockets.length).toBe(2);
  });

  test('that is abandoned is closed, before and after it is made', async () => {
    await using server = await overTcp(() => undefined);
    await using connections = open(`http://127.0.0.1:${server.port}/`);
    connections.post().abandon();
    const other = connections.post();
    await until(() => asked(server.texts.at(-1) ?? '') === 1);
    other.abandon();
    await until(() => server.sockets.every((socket) => socket.destroyed || socket.readableEnded));
  });

  test('that was used before and ends without a word is stale; a new one that does is not', async () => {
    await using server = await overTcp((socket, text, count) => {
      if (!text.endsWith('{}')) return;
      if (count === 1 && asked(text) === 1) socket.write(kept);
      else if (count === 3) socket.end('HTTP/1.1 ');
      else socket.end();
    });
    await using connections = open(`http://127.0.0.1:${server.port}/`);
    expect(await connections.ask()).toBe('ok');
    await expect(connections.ask()).rejects.toMatchObject({
      code: 'CONNECTION_STALE',
      cause: { code: 'CONNECTION_LOST' },
    });
    for (let i = 0; i < 2; i++)
      await expect(connections.ask()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  test('that cannot be made says why', async () => {
    await using silent = await overTcp(() => undefined);
    await using late = open(`https://127.0.0.1:${silent.port}/`, { connectTimeoutMs: 1 });
    await expect(late.ask()).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' });
  });

  test("to somebody whose certificate is not trusted, or another one's, sends nothing", async () => {
    await using server = await overTls(() => undefined);
    await using unknown = open(`https://localhost:${server.port}/`);
    await expect(unknown.ask()).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const lookup: LookupFunction = (_, __, found) => found(null, [{ address: '127.0.0.1', family: 4 }]);
    const tls = { ca: localhost.cert, lookup };
    await using other = open(`https://shop.example:${server.port}/`, { tls });
    // Nor the second time, where what the first has agreed on could be taken up again.
    for (const _ of [1, 2]) {
      await expect(other.ask()).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    }
    expect(server.texts.join('')).toBe('');
  });

  test('to somebody who answers anything, or nothing, ends each request once, and is closed', async () => {
    let state = Number(process.env.FUZZ_SEED ?? 4);
    const below = (end: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * end);
    };
    const answers = [
      kept,
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      'HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok',
    ];
    await using server = await overTcp((socket, text) => {
      if (!text.endsWith('{}')) return;
      const answer = Buffer.from(answers[below(answers.length)]!);
      if (below(3) > 0) answer[below(answer.length)] = below(256);
      const cut = below(answer.length);
      socket.write(answer.subarray(0, cut));
      setImmediate(() => {
        socket.write(answer.subarray(cut));
        const end = below(5);
        if (end === 0) socket.resetAndDestroy();
        else if (end < 4) socket.end();
      });
    });
    const connections = open(`http://127.0.0.1:${server.port}/`);
    const outcomes = new Map<string, number>();
    const ask = async () => {
      const { answer, abandon } = connections.post();
      const abandoned = new Promise<string>((resolve) => {
        setTimeout(() => {
          abandon();
          resolve('abandoned');
        }, 200);
      });
      const outcome = await Promise.race([answer.catch(({ code }) => String(code)), abandoned]);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 30 }, ask));
    expect([...outcomes.values()].reduce((sum, count) => sum + count)).toBe(300);
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(['ok', 'HTTP_MALFORMED']));
    await connections[Symbol.asyncDispose]();
    await until(() => server.sockets.every((socket) => socket.destroyed || socket.readableEnded));
  });

  test('in use is waited for at the end, and there are none afterwards', async () => {
    await using server = await overTcp(
      (socket, text, count) => void (count < 3 && text.endsWith('{}') && socket.write(kept)),
    );
    const connections = open(`http://127.0.0.1:${server.port}/`);
    await Promise.all([connections.ask(), connections.ask()]);
    const last = connections.post('{}', true);
    await until(() => asked(server.texts[2] ?? '') === 1);
    let over = false;
    const ended = connections[Symbol.asyncDispose]().then(() => {
      over = true;
    });
    await until(
      () => server.sockets.filter((socket) => socket.destroyed || socket.readableEnded).length === 2,
    );
    expect(over).toBe(false);
    server.sockets[2]!.write(kept);
    expect(await last.answer).toBe('ok');
    await ended;
    await expect(connections.ask()).rejects.toMatchObject({ code: 'CONNECTIONS_CLOSED' });
    await connections[Symbol.asyncDispose]();
  });
});
