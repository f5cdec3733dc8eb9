// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are what is tested
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseFlags } from './flags.ts';
import { loadSettings } from './load.ts';
import { defaultSettings, settingsDecoder } from './settings.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

function fileWith(config: unknown): string {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

describe('configuration', () => {
  test('a gateway needs nothing but its supergraph', () => {
    const settings = defaultSettings('supergraph.graphql');
    expect(settings).toMatchObject({
      port: 4000,
      introspection: true,
      maskErrors: false,
      audiences: [],
      shareFetches: false,
    });
    expect(settings.auth).toBeUndefined();
    expect(settings.subgraphs.contextSecret).toBeUndefined();
  });

  test('flags are stronger than the environment, and that than the file', () => {
    const config = fileWith({ supergraph: 'a', port: 1, host: '0.0.0.0', auth: { anonymous: false } });
    const { settings, subgraphUrls } = loadSettings(
      { ...parseFlags(['--port', '3']), config },
      { PORT: '2', SUPERGRAPH: 'b', AUTH_SECRET: 'x'.repeat(32), SUBGRAPH_URL_MY_SHOP: 'http://shop:1/' },
    );
    expect(settings).toMatchObject({ port: 3, supergraph: 'b', host: '0.0.0.0' });
    expect(settings.auth).toMatchObject({ anonymous: false, sharedSecret: 'x'.repeat(32) });
    expect(subgraphUrls.get('MY_SHOP')).toBe('http://shop:1/');
  });

  test('a wrong value names the variable that it came from', () => {
    const load = (environment: NodeJS.ProcessEnv) => () =>
      loadSettings({ settings: { supergraph: 's' } }, environment);
    expect(load({ PORT: 'many' })).toThrow(/^port: expected .* got "many" \(from the variable PORT\)$/);
    expect(load({ GATEWAY_SECRET: 'short' })).toThrow(/^subgraphs.contextSecret: .*GATEWAY_SECRET/);
    expect(load({ SUBGRAPH_URL_SHOP: 'http://a:1, nonsense' })).toThrow(/^SUBGRAPH_URL_SHOP: /);
    expect(load({ SUBGRAPH_URL_SHOP: 'http://a:1,http://b:2' })).not.toThrow();
  });

  test('the file takes values from the environment', () => {
    const config = fileWith({
      supergraph: '${DIR}/s.graphql',
      host: '${NO_HOST:-127.0.0.2}',
      playground: '${NONE:-}',
    });
    const { settings } = loadSettings({ settings: {}, config }, { DIR: '/d' });
    expect(settings).toMatchObject({ supergraph: '/d/s.graphql', host: '127.0.0.2', playground: undefined });
    const missing = fileWith({ supergraph: '${NOT_THERE}' });
    expect(() => loadSettings({ settings: {}, config: missing }, {})).toThrow(
      'supergraph: expected the environment variable NOT_THERE',
    );
  });

  test.each([
    [{}, 'supergraph: expected a text, got nothing'],
    [{ supergraph: 's', prot: 1 }, 'prot: expected one of the keys'],
    [{ supergraph: 's', port: 70_000 }, 'port: expected a whole number from 0 to 65535, got 70000'],
    [{ supergraph: 's', auth: { jwksUrl: 'x' } }, 'auth.jwksUrl: expected a URL'],
    [
      { supergraph: 's', audiences: [{ when: {} }] },
      'audiences[0].maximumAvailable: expected a number above 0',
    ],
    [{ supergraph: 's', pages: [{ path: 'shop', directory: 'd' }] }, 'pages[0].path: expected a path'],
  ])('an error names the key: %j', (config, message) => {
    expect(() => settingsDecoder.decode(config, '')).toThrow(message);
  });

  test('a secret that is too short is not repeated', () => {
    const config = { supergraph: 's', subgraphs: { contextSecret: 'short-secret' } };
    expect(() => settingsDecoder.decode(config, '')).toThrow(/^subgraphs.contextSecret: (?!.*short-secret)/);
  });

  test('an unknown flag is refused', () => {
    expect(() => parseFlags(['--supergaph', 'x'])).toThrow('--supergaph');
  });
});
