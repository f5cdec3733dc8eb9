import { expect, test } from '@jest/globals';
import { readEnv } from './env.ts';

const minimal = { DATABASE_URL: 'postgresql://localhost/crm', GATEWAY_SECRET: 'x'.repeat(32) };

test('what is not said has a default', () => {
  expect(readEnv(minimal)).toEqual({
    databaseUrl: 'postgresql://localhost/crm',
    host: '127.0.0.1',
    port: 0,
    gatewaySecret: 'x'.repeat(32),
    logLevel: 'info',
    metricsToken: undefined,
    webhookAllowedHosts: [],
    demoData: true,
  });
});

test('hosts that webhooks may reach come with commas', () => {
  const env = readEnv({ ...minimal, WEBHOOK_ALLOWED_HOSTS: 'localhost:8080, hooks.internal,' });
  expect(env.webhookAllowedHosts).toEqual(['localhost:8080', 'hooks.internal']);
});

test('an error names the variable', () => {
  expect(() => readEnv({ ...minimal, DATABASE_URL: '' })).toThrow('DATABASE_URL: expected a value');
  expect(() => readEnv({ DATABASE_URL: 'x' })).toThrow('GATEWAY_SECRET: expected a value');
  expect(() => readEnv({ ...minimal, PORT: '80a' })).toThrow('PORT: expected 0 to 65535, got "80a"');
  expect(() => readEnv({ ...minimal, DEMO_DATA: 'yes' })).toThrow('DEMO_DATA: expected on or off');
  expect(() => readEnv({ ...minimal, METRICS_TOKEN: 'short' })).toThrow('METRICS_TOKEN: expected 16');
  expect(() => readEnv({ ...minimal, LOG_LEVEL: 'loud' })).toThrow('LOG_LEVEL: expected one of');
});
