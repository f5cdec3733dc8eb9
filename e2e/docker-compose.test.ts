import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

/** What reading docker-compose.yml has to prove, since it cannot be run everywhere. */
interface ComposeService {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string | number>;
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  restart?: string;
}

const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const compose = parse(readFileSync(root('docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

test('every service is waited for as it can be: healthy when it stays, completed when it ends', () => {
  for (const [name, { depends_on = {} }] of services) {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      const service = compose.services[needed];
      expect(`${name} needs ${needed}: ${service ? 'there' : 'missing'}`).toMatch(/there$/);
      const ends = service?.restart === 'no';
      expect(`${needed} ${condition}`).toBe(
        `${needed} ${ends ? 'service_completed_successfully' : 'service_healthy'}`,
      );
      if (!ends) expect(service?.healthcheck?.test.length).toBeGreaterThan(1);
    }
  }
});

test('what a container runs and mounts exists, and its volumes are declared', () => {
  for (const [, { command = [], volumes = [], build }] of services) {
    for (const word of command.filter((part) => /^[\w-]+\/.*\.(ts|json)$/.test(part)))
      expect([word, existsSync(root(word))]).toEqual([word, true]);
    for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
      if (source.startsWith('.')) expect([source, existsSync(root(source))]).toEqual([source, true]);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    if (build) expect(existsSync(root(build.dockerfile))).toBe(true);
  }
});

test('the gateway is told where every subgraph of the supergraph is', () => {
  const supergraph = readFileSync(root('schema/supergraph.graphql'), 'utf8');
  const names = [...supergraph.matchAll(/@join__graph\(name: "(\w+)", url: "http/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const url = new URL(
      String(compose.services.gateway?.environment?.[`SUBGRAPH_URL_${name.toUpperCase()}`]),
    );
    expect({ host: url.hostname, port: url.port }).toEqual({
      host: name,
      port: String(compose.services[name]?.environment?.PORT),
    });
  }
});

test.each(['shop', 'crm', 'mes', 'pricing-engine'])('the settings of %s are what it reads', async (name) => {
  const { readEnv } = await import(`@alexandrite/${name}/env`);
  const secret = 'x'.repeat(64);
  const environment = Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      String(value).replaceAll(/\$\{\w+(?::-([^}]*))?[^}]*\}/g, (_, fallback?: string) => fallback ?? secret),
    ]),
  );
  expect(readEnv(environment)).toMatchObject({ port: compose.services[name]?.environment?.PORT });
});
