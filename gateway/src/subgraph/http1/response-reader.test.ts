import { describe, expect, test } from '@jest/globals';
import { ConnectionError } from './connection-error.ts';
import { ResponseReader } from './response-reader.ts';

const maxBytes = 4_096;

type Outcome =
  | {
      status: number;
      type: string | undefined;
      retryAfter: string | undefined;
      text: string;
      keptOpen: boolean;
      ms: number;
      /** Of the bytes, behind the answer. */
      left: number;
    }
  | string;

/** What becomes of the bytes when they come in pieces of these lengths, in turn, and the connection ends. */
function outcome(bytes: Buffer, cuts: () => number): Outcome {
  const reader = new ResponseReader(maxBytes);
  reader.begin();
  // Written over like the buffer of a socket.
  const buffer = Buffer.alloc(16_384);
  let at = 0;
  try {
    while (at < bytes.length) {
      const length = Math.min(cuts(), buffer.length, bytes.length - at);
      bytes.copy(buffer, 0, at, at + length);
      const end = reader.read(buffer, length);
      at += end;
      if (reader.over && end >= 0 && end <= length) break;
      if (end !== length) throw new RangeError(`expected ${length} bytes to be read, got ${end}`);
      buffer.fill('x');
    }
    if (!reader.over) reader.end();
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return error.code;
  }
  const { status, contentType: type, retryAfter, head } = reader;
  const text = reader.text();
  if (text.length > maxBytes) throw new RangeError(`expected at most ${maxBytes} bytes`);
  return {
    status,
    type,
    retryAfter,
    text,
    keptOpen: head.keptOpen,
    ms: head.keptOpenMs,
    left: bytes.length - at,
  };
}

const whole = () => Number.POSITIVE_INFINITY;
const singly = () => 1;
const randomly = (random: () => number) => () => 1 + Math.floor(random() ** 3 * 40);

/** Numbers that are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const bytesOf = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));
const ok = (fields: string, body = '') => bytesOf(`HTTP/1.1 200 OK\n${fields}\n\n${body}`);

const good: [string, Buffer, Partial<Exclude<Outcome, string>>][] = [
  [
    'a length',
    ok('Content-Length: 5', 'hello'),
    { status: 200, text: 'hello', keptOpen: true, ms: -1, left: 0 },
  ],
  ['a length of nothing', ok('content-length: 0'), { text: '', keptOpen: true, left: 0 }],
  ['letters of several bytes', ok('content-length: 16', '{"ä":"😀€"}'), { text: '{"ä":"😀€"}' }],
  [
    'what is asked of it',
    bytesOf(
      'HTTP/1.1 503 Busy\ncontent-type:\t application/json \nRETRY-AFTER: 7\nKeep-Alive: timeout=5, max=9\ncontent-length: 0\n\n',
    ),
    { status: 503, type: 'application/json', retryAfter: '7', ms: 5_000 },
  ],
  ['no reason', bytesOf('HTTP/1.1 200\ncontent-length: 1\n\nx'), { text: 'x' }],
  [
    'a reason and values in Latin-1',
    Buffer.from('HTTP/1.1 200 Sch\xf6n\r\nx: \xff\r\ncontent-length: 1\r\n\r\nx', 'latin1'),
    { text: 'x' },
  ],
  [
    'chunks',
    ok('Transfer-Encoding: Chunked', '5\nhello\n00000a;a=b;c="d"\n, world ä\n0\nx-sum: 1\ny:\n\n'),
    { text: 'hello, world ä', keptOpen: true, left: 0 },
  ],
  ['chunks of nothing', ok('transfer-encoding: chunked', '0\n\n'), { text: '', keptOpen: true }],
  [
    'an end of the connection',
    ok('content-type: text/plain', 'up to here'),
    { text: 'up to here', keptOpen: false },
  ],
  ['nothing up to the end', ok('x: y'), { text: '', keptOpen: false }],
  ['something behind it', ok('content-length: 2', 'okHTTP'), { text: 'ok', left: 4 }],
  [
    'others before it',
    bytesOf(
      'HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nlink: x\n\nHTTP/1.1 200 OK\ncontent-length: 2\n\nok',
    ),
    { status: 200, text: 'ok', left: 0 },
  ],
  ['no content', bytesOf('HTTP/1.1 204 No Content\n\n'), { status: 204, text: '', keptOpen: true }],
  [
    'no content, but its length',
    bytesOf('HTTP/1.1 304 Same\ncontent-length: 3\n\nabc'),
    { keptOpen: false, left: 3 },
  ],
  ['a close', ok('connection: close\ncontent-length: 0'), { keptOpen: false }],
  [
    'a close among others',
    ok('connection: keep-alive\nConnection: foo , Close\ncontent-length: 0'),
    { keptOpen: false },
  ],
  ['an old version', bytesOf('HTTP/1.0 200 OK\ncontent-length: 0\n\n'), { keptOpen: false }],
  [
    'an old version that stays',
    bytesOf('HTTP/1.0 200 OK\nconnection: Keep-Alive\ncontent-length: 0\n\n'),
    { keptOpen: true },
  ],
  [
    'all that may be',
    ok(`content-length: ${maxBytes}`, 'y'.repeat(maxBytes)),
    { text: 'y'.repeat(maxBytes) },
  ],
];

const chunked = (body: string) => ok('transfer-encoding: chunked', body);
const bad: [string, Buffer, string][] = [
  ['something else', bytesOf('SSH-2.0-OpenSSH_9.9\n\n'), 'HTTP_MALFORMED'],
  ['another version', bytesOf('HTTP/2.0 200 OK\ncontent-length: 0\n\n'), 'HTTP_MALFORMED'],
  ['a status of two digits', bytesOf('HTTP/1.1 20 OK\n\n'), 'HTTP_MALFORMED'],
  ['a status of four digits', bytesOf('HTTP/1.1 2000 OK\n\n'), 'HTTP_MALFORMED'],
  ['another protocol from now on', bytesOf('HTTP/1.1 101 Switching\nupgrade: x\n\n'), 'HTTP_MALFORMED'],
  [
    'an interim response with a body',
    bytesOf('HTTP/1.1 103 Hints\ncontent-length: 1\n\nx'),
    'HTTP_MALFORMED',
  ],
  ['an end in between', bytesOf('HTTP/1.1 103 Hints\nconnection: close\n\n'), 'HTTP_MALFORMED'],
  ['two lengths', ok('content-length: 2\ncontent-length: 3', 'abc'), 'HTTP_MALFORMED'],
  ['a length twice', ok('content-length: 2\ncontent-length: 2', 'ab'), 'HTTP_MALFORMED'],
  ['a list of lengths', ok('content-length: 2, 2', 'ab'), 'HTTP_MALFORMED'],
  ['a length with a sign', ok('content-length: +2', 'ab'), 'HTTP_MALFORMED'],
  ['a length in other digits', ok('content-length: 0x2', 'ab'), 'HTTP_MALFORMED'],
  ['an empty length', ok('content-length:', 'ab'), 'HTTP_MALFORMED'],
  ['a length beyond numbers', ok('content-length: 9999999999999999'), 'HTTP_MALFORMED'],
  ['a length and chunks', ok('content-length: 3\ntransfer-encoding: chunked', '0\n\n'), 'HTTP_MALFORMED'],
  ['chunks and a length', ok('transfer-encoding: chunked\ncontent-length: 3', '0\n\n'), 'HTTP_MALFORMED'],
  ['chunks twice', ok('transfer-encoding: chunked\ntransfer-encoding: chunked', '0\n\n'), 'HTTP_MALFORMED'],
  ['another coding', ok('transfer-encoding: gzip, chunked', '0\n\n'), 'HTTP_MALFORMED'],
  ['hidden chunks', ok('transfer-encoding: xchunked', '0\n\n'), 'HTTP_MALFORMED'],
  [
    'chunks of an old version',
    bytesOf('HTTP/1.0 200 OK\ntransfer-encoding: chunked\n\n0\n\n'),
    'HTTP_MALFORMED',
  ],
  ['a space before the colon', ok('content-length : 2', 'ab'), 'HTTP_MALFORMED'],
  ['a folded line', ok('x: a\n b\ncontent-length: 0'), 'HTTP_MALFORMED'],
  ['a line without a name', ok(': a\ncontent-length: 0'), 'HTTP_MALFORMED'],
  ['a line without a colon', ok('x\ncontent-length: 0'), 'HTTP_MALFORMED'],
  ['a line feed alone', Buffer.from('HTTP/1.1 200 OK\ncontent-length: 0\n\n'), 'HTTP_MALFORMED'],
  ['a carriage return alone', Buffer.from('HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n'), 'HTTP_MALFORMED'],
  ['a zero byte', ok('x: a\0b\ncontent-length: 0'), 'HTTP_MALFORMED'],
  ['a size that is none', chunked('g\n'), 'HTTP_MALFORMED'],
  ['a size with a sign', chunked('-1\n'), 'HTTP_MALFORMED'],
  ['a size with a space', chunked('2 \nab\n0\n\n'), 'HTTP_MALFORMED'],
  ['no size', chunked('\n'), 'HTTP_MALFORMED'],
  ['a size beyond numbers', chunked('100000000\n'), 'HTTP_MALFORMED'],
  ['a chunk that is longer than it says', chunked('2\nabc\n0\n\n'), 'HTTP_MALFORMED'],
  ['a size that ends with a line feed', Buffer.concat([chunked(''), Buffer.from('2\nab')]), 'HTTP_MALFORMED'],
  ['a trailer that is none', chunked('0\nab c: d\n\n'), 'HTTP_MALFORMED'],
  ['extensions without an end', chunked(`1;${'x'.repeat(20_000)}`), 'HTTP_MALFORMED'],
  ['trailers without an end', chunked(`0\n${'x: y\n'.repeat(9_000)}`), 'HTTP_MALFORMED'],
  ['a head without an end', ok(`x: ${'y'.repeat(20_000)}`), 'HTTP_MALFORMED'],
  ['heads without an end', bytesOf('HTTP/1.1 102 Wait\n\n'.repeat(1_000)), 'HTTP_MALFORMED'],
  ['a length beyond the limit', ok(`content-length: ${maxBytes + 1}`), 'HTTP_TOO_LARGE'],
  ['chunks beyond the limit', chunked(`${`100\n${'y'.repeat(256)}\n`.repeat(17)}0\n\n`), 'HTTP_TOO_LARGE'],
  ['more than the limit up to the end', ok('x: y', 'y'.repeat(maxBytes + 1)), 'HTTP_TOO_LARGE'],
  ['nothing', Buffer.alloc(0), 'CONNECTION_LOST'],
  ['half a head', bytesOf('HTTP/1.1 200 OK\ncontent-le'), 'CONNECTION_LOST'],
  ['an interim response only', bytesOf('HTTP/1.1 100 Continue\n\n'), 'CONNECTION_LOST'],
  ['half a body', ok('content-length: 4', 'ab'), 'CONNECTION_LOST'],
  ['some of the chunks', chunked('2\nab\n'), 'CONNECTION_LOST'],
  ['chunks without their last line', chunked('2\nab\n0\n'), 'CONNECTION_LOST'],
];

describe('a response', () => {
  test.each(good)('with %s is read, however it is cut', (_, bytes, expected) => {
    expect(outcome(bytes, whole)).toMatchObject(expected);
    expect(outcome(bytes, singly)).toEqual(outcome(bytes, whole));
    const random = seeded(1);
    for (let i = 0; i < 50; i++) expect(outcome(bytes, randomly(random))).toEqual(outcome(bytes, whole));
  });

  test.each(bad)('with %s is refused, however it is cut', (_, bytes, code) => {
    const random = seeded(2);
    const cuts = [whole, singly, ...Array.from({ length: 10 }, () => randomly(random))];
    expect(cuts.map((cut) => outcome(bytes, cut))).toEqual(cuts.map(() => code));
  });

  test('comes after another on the same connection, and has nothing of it', () => {
    const reader = new ResponseReader(maxBytes);
    const first = bytesOf(
      'HTTP/1.1 500 No\nconnection: close\ncontent-type: a/b\nretry-after: 1\nkeep-alive: timeout=1\ncontent-length: 3\n\nabc',
    );
    const second = chunked('1\nx\n0\n\n');
    for (const bytes of [first, second]) {
      reader.begin();
      expect(reader.read(bytes, bytes.length)).toBe(bytes.length);
    }
    expect([reader.status, reader.contentType, reader.retryAfter, reader.text()]).toEqual([
      200,
      undefined,
      undefined,
      'x',
    ]);
    expect([reader.head.keptOpen, reader.head.keptOpenMs]).toEqual([true, -1]);
  });

  test('that is changed at random is read or refused, the same way however it is cut', () => {
    const random = seeded(Number(process.env.FUZZ_SEED ?? 3));
    const below = (end: number) => Math.floor(random() * end);
    const all = [...good, ...bad].map(([, bytes]) => bytes).filter((bytes) => bytes.length < 1_000);
    const alphabet = Buffer.from('\r\n\r\n \t:;,0123456789aAfFgHTP/\0\x7f\xff', 'latin1');
    const outcomes = new Set<string>();
    for (let round = 0; round < Number(process.env.FUZZ_ROUNDS ?? 1_000); round++) {
      let bytes = Buffer.from(all[below(all.length)]!);
      for (let change = below(4); change >= 0 && bytes.length > 0; change--) {
        const at = below(bytes.length);
        const other = all[below(all.length)]!;
        const from = below(other.length);
        const kind = below(4);
        if (kind === 0) bytes[at] = alphabet[below(alphabet.length)]!;
        else {
          const between = [
            alphabet.subarray(0, 0),
            Buffer.of(alphabet[below(alphabet.length)]!),
            other.subarray(from, from + below(20)),
          ][kind - 1]!;
          bytes = Buffer.concat([bytes.subarray(0, at), between, bytes.subarray(at + below(3))]);
        }
      }
      const expected = outcome(bytes, whole);
      outcomes.add(typeof expected === 'string' ? expected : String(expected.status));
      expect([outcome(bytes, singly), bytes.toString('latin1')]).toEqual([
        expected,
        bytes.toString('latin1'),
      ]);
      expect(outcome(bytes, randomly(random))).toEqual(expected);
    }
    for (const known of ['200', 'HTTP_MALFORMED', 'CONNECTION_LOST']) expect(outcomes).toContain(known);
  });

  test('keeps no more than has come, whatever it promises', () => {
    const promise = ok('content-length: 1000000000', 'x');
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 100 }, () => {
      const reader = new ResponseReader(1_073_741_824);
      reader.begin();
      reader.read(promise, promise.length);
      return reader;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(readers.length * 32_768);
  });
});
