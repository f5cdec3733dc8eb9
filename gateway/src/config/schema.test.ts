import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadSettings } from './load.ts';
import { configSchema } from './schema.ts';

const schemaFile = fileURLToPath(new URL('../../config.schema.json', import.meta.url));
const deployed = fileURLToPath(new URL('../../../deploy/gateway.json', import.meta.url));

test('the schema that editors read is that of the gateway', () => {
  // When it differs: npm run --silent gateway -- --print-config-schema > gateway/config.schema.json
  expect(readFileSync(schemaFile, 'utf8')).toBe(configSchema());
});

test("the platform's own configuration is right, and names its schema", () => {
  const { settings } = loadSettings(
    { config: deployed, settings: {} },
    { UPLOADS_URL: 'http://shop:1', AUTH_SECRET: 'x'.repeat(32) },
  );
  expect(settings).toMatchObject({ supergraph: 'schema/supergraph.graphql', exposeQueryPlan: 'nobody' });
  expect(resolve(dirname(deployed), settings.$schema ?? '')).toBe(schemaFile);
});
