import { expect, test } from '@jest/globals';
import { readEnv } from './env.ts';

const minimal = { DATABASE_URL: 'postgresql://localhost/shop', GATEWAY_SECRET: 'x'.repeat(32) };

test('what is not said has a default', () => {
  expect(readEnv(minimal)).toEqual({
    databaseUrl: 'postgresql://localhost/shop',
    host: '127.0.0.1',
    port: 0,
    gatewaySecret: 'x'.repeat(32),
    logLevel: 'info',
    publicUrl: 'http://localhost:4000',
    maxUploadBytes: 209_715_200,
    submitsPerMinute: 120,
    reconcileMinutes: 10,
  });
});

test('a public URL loses its last slash', () => {
  expect(readEnv({ ...minimal, PUBLIC_URL: 'https://a.example/base/' }).publicUrl).toBe(
    'https://a.example/base',
  );
});

test('an error names the variable', () => {
  expect(() => readEnv({ ...minimal, DATABASE_URL: '' })).toThrow('DATABASE_URL: expected a value');
  expect(() => readEnv({ ...minimal, PORT: '80a' })).toThrow('PORT: expected 0 to 65535, got "80a"');
  expect(() => readEnv({ ...minimal, PUBLIC_URL: 'ftp://a' })).toThrow('PUBLIC_URL: expected an http');
  expect(() => readEnv({ ...minimal, MAX_UPLOAD_BYTES: '0' })).toThrow('MAX_UPLOAD_BYTES: expected 1 to');
  expect(() => readEnv({ ...minimal, SUBMITS_PER_MINUTE: '0' })).toThrow('SUBMITS_PER_MINUTE: expected 1 to');
});
