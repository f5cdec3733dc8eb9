import { createSecretKey } from 'node:crypto';
import { gatewayContextHeader, verifyContext } from '@alexandrite/auth/gateway-context';
import { sharedKey } from '@alexandrite/auth/shared-key';
import { signToken } from '@alexandrite/auth/token';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Federation, startFederation } from './federation.ts';
import { library } from './library.ts';
import { connect, subscribe } from './socket-client.ts';

const secret = 'a secret of the tests, long enough';
const contextSecret = 'another secret of the tests, as long';
const token = async (seconds = 600, key = secret) =>
  `Bearer ${await signToken(createSecretKey(Buffer.from(key)), { sub: 'ada', role: 'reader', shelf: 7 }, seconds)}`;

let open: Federation;
let closed: Federation;
beforeAll(async () => {
  const settings = {
    auth: { sharedSecret: secret },
    subgraphs: { contextSecret, forwardHeaders: ['x-language'] },
  };
  open = await startFederation(library, { settings });
  closed = await startFederation(library, {
    settings: { auth: { sharedSecret: secret, anonymous: false, admin: { role: ['admin'] } } },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await closed?.[Symbol.asyncDispose]();
});

describe('who asks', () => {
  test('is told to the subgraphs, signed', async () => {
    const { subgraphs } = open;
    subgraphs.catalogue!.seen.length = 0;
    await open.ask(
      '{ books { title inStock } }',
      {},
      {
        authorization: await token(),
        'x-language': 'ru',
        'x-gateway-context': 'forged',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    );
    const { headers } = subgraphs.catalogue!.seen[0]!;
    expect(await verifyContext(sharedKey(contextSecret, ''), headers[gatewayContextHeader])).toMatchObject({
      claims: { sub: 'ada', role: 'reader', shelf: 7 },
      budget: null,
    });
    expect(headers).toMatchObject({
      'x-language': 'ru',
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)/),
    });
    expect(headers).not.toHaveProperty('authorization');
  });

  test('may be nobody, where that is allowed', async () => {
    open.subgraphs.catalogue!.seen.length = 0;
    expect(await open.ask('{ book(id: "b1") { title } }')).toMatchObject({ status: 200 });
    const { headers } = open.subgraphs.catalogue!.seen[0]!;
    expect(await verifyContext(sharedKey(contextSecret, ''), headers[gatewayContextHeader])).toMatchObject({
      claims: null,
    });
    expect(await closed.ask('{ book(id: "b1") { title } }')).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  test.each([
    ['expired', () => token(-60), 'TOKEN_EXPIRED'],
    ['signed by somebody else', () => token(600, 'a secret of nobody we have heard of'), 'UNAUTHENTICATED'],
    ['no token at all', () => Promise.resolve('Bearer nonsense'), 'UNAUTHENTICATED'],
    ['of another scheme', () => Promise.resolve('Basic abc'), 'UNAUTHENTICATED'],
  ])('is refused with a token that is %s', async (_, make, code) => {
    const authorization = await make();
    const answer = await open.ask('{ book(id: "b1") { title } }', {}, { authorization });
    expect(answer).toMatchObject({ status: 401, errors: [{ extensions: { code } }] });
    expect(answer).not.toHaveProperty('data');

    const client = connect(open.url, { connectionParams: { authorization } });
    await using stream = subscribe(client, '{ book(id: "b1") { title } }');
    expect(String(await stream.ended)).toContain(`closed with 4403: ${code}`);
  });

  test('is asked for on a socket as well', async () => {
    await using stream = subscribe(connect(closed.url), '{ book(id: "b1") { title } }');
    expect(String(await stream.ended)).toContain('closed with 4403: UNAUTHENTICATED');
    const client = connect(closed.url, { connectionParams: { Authorization: await token() } });
    await using welcome = subscribe(client, '{ book(id: "b1") { title } }');
    expect(await welcome.next()).toEqual({ data: { book: { title: 'Emeralds' } } });
    await client.dispose();
  });
});
