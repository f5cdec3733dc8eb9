import { expect, test } from '@jest/globals';
import { readEnv } from './env.ts';

test('without settings the engine takes all cores but one, and a free port', () => {
  expect(readEnv({})).toMatchObject({ host: '127.0.0.1', port: 0, language: 'en' });
  expect(readEnv({}).workers).toBeGreaterThanOrEqual(1);
});

test.each([
  ['PORT', 'http'],
  ['PORT', '70000'],
  ['PRICING_WORKERS', '0'],
  ['PRICING_LANGUAGE', 'de'],
  ['PRICING_MAX_BYTES', '-1'],
  ['PRICING_MAX_TRIANGLES', '1.5'],
  ['PRICING_TIME_LIMIT_MS', 'soon'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readEnv({ [name]: value })).toThrow(name);
});

test('known models lie in a folder where there is no Redis', () => {
  expect(readEnv({ DATA_DIR: '/data' }).knownModels).toBe('/data/known-models');
  expect(readEnv({ DATA_DIR: '/data', REDIS_URL: 'redis://localhost' }).knownModels).toBeNull();
});

test('a limit is read from its variable', () => {
  expect(readEnv({ PRICING_MAX_BYTES: '1000' }).limits.maxBytes).toBe(1000);
});
