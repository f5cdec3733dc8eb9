import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { gatewayContextHeader, signContext, verifyContext } from './gateway-context.ts';
import { sharedKey } from './shared-key.ts';
import { signToken, tokenKeys, verifyToken } from './token.ts';
import { isStaff, viewerOf } from './viewer.ts';

const secret = 'a secret of these tests, long enough';
const key = sharedKey(secret, 'AUTH_SECRET');
const keys = tokenKeys({ secret });
const other = sharedKey('another secret of these tests, long enough', 'AUTH_SECRET');

test('a signed token gives its claims back, with or without Bearer', async () => {
  const token = await signToken(key, { sub: 'customer-1', role: 'customer', lang: 'ru' }, 60);
  const claims = await verifyToken(keys, `Bearer ${token}`);
  expect(claims).toMatchObject({ sub: 'customer-1', role: 'customer', lang: 'ru' });
  expect(claims.exp).toBeGreaterThan(Date.now() / 1_000);
  expect(await verifyToken(keys, token)).toEqual(claims);
  expect(viewerOf(claims)).toEqual({ sub: 'customer-1', role: 'customer' });
});

test('says whether a token is old or wrong', async () => {
  const refused = (token: string) =>
    verifyToken(keys, token).then(
      () => 'accepted',
      (error) => error.code,
    );
  const claims = { sub: 'a', role: 'admin' };
  expect(await refused(await signToken(key, claims, -60))).toBe('TOKEN_EXPIRED');
  expect(await refused(await signToken(other, claims, 60))).toBe('UNAUTHENTICATED');
  for (const sub of ['', 'a\0b', 'a\ud800', 'a'.repeat(256)]) {
    expect(await refused(await signToken(key, { ...claims, sub }, 60))).toBe('UNAUTHENTICATED');
  }
  expect(await refused(new UnsecuredJWT(claims).setExpirationTime('1m').encode())).toBe('UNAUTHENTICATED');
  const eternal = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
  expect(await refused(eternal)).toBe('UNAUTHENTICATED');
  expect(await refused('no token at all')).toBe('UNAUTHENTICATED');
  expect(await refused('')).toBe('UNAUTHENTICATED');
});

test('a short secret is refused by the name of its variable', () => {
  expect(() => tokenKeys({ secret: 'short' })).toThrow('AUTH_SECRET must have at least 32 bytes, got 5');
  expect(() => tokenKeys({})).toThrow('expected AUTH_SECRET or AUTH_JWKS_URL');
});

test('published keys verify, a shared secret does not pass for one, and their absence is not the token’s fault', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  const sign = () =>
    new SignJWT({ sub: 's', role: 'seller' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setExpirationTime('1m')
      .sign(privateKey);
  const published = tokenKeys({ jwksUrl: url });
  expect(viewerOf(await verifyToken(published, await sign()))).toEqual({ sub: 's', role: 'seller' });
  const shared = await signToken(key, { sub: 's', role: 'seller' }, 60);
  await expect(verifyToken(published, shared)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  await expect(verifyToken(tokenKeys({ jwksUrl: url }), await sign())).rejects.toMatchObject({
    code: 'KEYS_UNAVAILABLE',
  });
});

test("the gateway's context arrives whole, and nothing else passes for it", async () => {
  const context = {
    claims: { sub: 'partner-1', role: 'partner', exp: 4_000_000_000 },
    budget: { maximumAvailable: 10_000, currentlyAvailable: 9_000, restoreRate: 500 },
  };
  expect(verifyContext(key, signContext(key, context))).toEqual(context);
  expect(verifyContext(key, signContext(key, { claims: null, budget: null }))).toEqual({
    claims: null,
    budget: null,
  });
  const userToken = await signToken(key, { sub: 'a', role: 'admin' }, 60);
  for (const header of [undefined, ['a', 'b'], '', userToken, signContext(other, context)]) {
    expect(() => verifyContext(key, header)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  }
  await expect(verifyToken(keys, signContext(key, context))).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  expect(gatewayContextHeader).toBe('x-gateway-context');
});

test("the gateway's context is a JWT for a minute, of this one kind", async () => {
  const context = { claims: { sub: 'Zoë €', exp: 1 }, budget: null };
  const signed = signContext(key, context);
  const { payload } = await jwtVerify(signed, key, { audience: 'subgraph', algorithms: ['HS256'] });
  expect(payload).toMatchObject(context);
  expect(payload.exp! - payload.iat!).toBe(60);
  const refusal = (token: string) => {
    try {
      return verifyContext(key, token);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const made = (audience: string, alg = 'HS256') =>
    new SignJWT({ claims: null }).setProtectedHeader({ alg }).setAudience(audience);
  expect(refusal(await made('subgraph').setExpirationTime('1m').sign(key))).toEqual({
    claims: null,
    budget: null,
  });
  expect(refusal(await made('subgraph').setExpirationTime('10s ago').sign(key))).toBe('TOKEN_EXPIRED');
  const unsigned = new UnsecuredJWT({ claims: null })
    .setAudience('subgraph')
    .setExpirationTime('1m')
    .encode();
  const [head, body, signature] = signed.split('.');
  const foreign = [
    await made('subgraph').sign(key),
    await made('other').setExpirationTime('1m').sign(key),
    await made('subgraph', 'HS512').setExpirationTime('1m').sign(key),
    unsigned,
    `${head}.${body}.`,
    `${head}.${body}.${signature!.slice(0, -1)}`,
    `${head}.${body}.${signature}=`,
    `${head}.${body}x.${signature}`,
    `${signed}.${signature}`,
    `${head}..${signature}`,
  ];
  for (const token of foreign) expect(refusal(token)).toBe('UNAUTHENTICATED');
});

test('roles are ours only, staff are three of them', () => {
  expect(() => viewerOf({ sub: 'x', exp: 1, role: 'root' })).toThrow('got root');
  expect(
    ['customer', 'partner', 'operator', 'seller', 'admin'].filter((role) =>
      isStaff({ sub: 'x', role } as never),
    ),
  ).toEqual(['operator', 'seller', 'admin']);
});
