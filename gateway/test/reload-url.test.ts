import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually, type ReloadWorld, startReloadWorld } from './reload-world.ts';

/** Serves a supergraph as a registry does, with ETags. */
class Registry implements AsyncDisposable {
  text = '';
  /** Instead of the answer. */
  instead: ((response: ServerResponse) => void) | undefined;
  readonly asked: IncomingMessage['headers'][] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/supergraph`;
  }

  #answer({ headers }: IncomingMessage, response: ServerResponse): void {
    this.asked.push(headers);
    const etag = `"${this.text.length}"`;
    if (this.instead) this.instead(response);
    else if (headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(this.text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const registries: Registry[] = [];
afterEach(async () => {
  for (const registry of registries.splice(0)) await registry[Symbol.asyncDispose]();
});

/** A gateway whose supergraph comes from a registry; `first` and `second` are texts of it. */
async function startPolling(): Promise<{ world: ReloadWorld; registry: Registry; second: string }> {
  const registry = new Registry();
  registries.push(registry);
  const url = await registry.listen();
  // The shops live as long as a world that reads a file; the gateway that is looked at reads the registry.
  await using shops = new AsyncDisposableStack();
  const behind = shops.use(await startReloadWorld({ reload: { watch: false } }));
  registry.text = (await behind.shop(1)).sdl;
  const { sdl: second } = await behind.shop(2);
  const world = shops.use(
    await startReloadWorld({ supergraph: url, reload: { pollMs: 100, timeoutMs: 1_000, maxBytes: 100_000 } }),
  );
  const kept = shops.move();
  return {
    world: { ...world, [Symbol.asyncDispose]: () => kept.disposeAsync() },
    registry,
    second,
  };
}

const said = ({ entries }: ReloadWorld, message: string) =>
  entries.filter((entry) => entry.message.startsWith(message));

describe('a supergraph behind a URL', () => {
  test('is asked for again and again, with its ETag, and taken up when it is new', async () => {
    const { world: opened, registry, second } = await startPolling();
    await using world = opened;
    await eventually('two answers that nothing is new', () => registry.asked.length >= 3);
    expect(registry.asked[0]).not.toHaveProperty('if-none-match');
    expect(registry.asked[1]).toHaveProperty('if-none-match', `"${registry.text.length}"`);
    registry.text = second;
    await eventually('the second', () => said(world, 'a new supergraph is served').length === 1);
    expect(said(world, 'a new supergraph is served')[0]).toMatchObject({ cause: 'poll' });
    expect(await world.ask('{ v2 }')).toEqual({ status: 200, data: { v2: 2 } });
    expect(await world.metric('gateway_supergraph_reloads_total{outcome="unchanged"')).toBeGreaterThan(0);
  });

  test.each<[string, string, (response: ServerResponse) => void]>([
    ['fails', 'answered 500', (response) => response.writeHead(500).end('no')],
    ['never ends', 'did not answer within 1000 ms', (response) => response.write('type Query')],
    [
      'is larger than it may be, without saying so',
      'is larger than 100000 bytes',
      // It would go on for ever: only who counts while it comes notices.
      (response) => {
        const more = () => {
          while (!response.destroyed && response.write('# more and more and more\n'.repeat(100)));
        };
        response.on('drain', more);
        more();
      },
    ],
    ['breaks', 'cannot be fetched', (response) => response.destroy()],
  ])('that %s changes nothing', async (_, reason, instead) => {
    const { world: opened, registry, second } = await startPolling();
    await using world = opened;
    registry.instead = instead;
    await eventually('a complaint', () => said(world, 'a supergraph cannot be read').length > 0);
    expect(said(world, 'a supergraph cannot be read')[0]).toMatchObject({
      level: 'error',
      code: 'SUPERGRAPH_UNREADABLE',
      reason: expect.stringContaining(reason),
    });
    expect(await world.ask('{ v1 }')).toEqual({ status: 200, data: { v1: 1 } });
    registry.instead = undefined;
    registry.text = second;
    await eventually('the second', () => said(world, 'a new supergraph is served').length === 1);
  });
});
