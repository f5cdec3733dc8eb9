import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAll } from '@alexandrite/lifecycle/closers';
import { describe, expect, test } from '@jest/globals';
import { compose } from './federation.ts';
import { eventually, type ReloadWorld, shopOf, startReloadWorld } from './reload-world.ts';
import { startSubgraph } from './subgraph-server.ts';

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

/** A gateway whose supergraph comes from a registry, and the text of the next one. */
async function startPolling(): Promise<{ world: ReloadWorld; registry: Registry; second: string }> {
  const { value, closers } = await openAll(async (closers) => {
    const registry = closers.use(new Registry());
    const url = await registry.listen();
    const sdlOf = async (version: number) => compose([closers.use(await startSubgraph(shopOf(version)))]);
    registry.text = await sdlOf(1);
    const second = await sdlOf(2);
    const reload = { pollMs: 100, timeoutMs: 1_000, maxBytes: 100_000 };
    return { registry, second, world: closers.use(await startReloadWorld({ supergraph: url, reload })) };
  });
  return { ...value, world: { ...value.world, [Symbol.asyncDispose]: () => closers[Symbol.asyncDispose]() } };
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
