import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { eventually, type ReloadWorld, replace, startReloadWorld } from './reload-world.ts';

const said = ({ entries }: ReloadWorld, message: string) =>
  entries.filter((entry) => entry.message.startsWith(message));
const served = 'a new supergraph is served';
const refused = 'a supergraph cannot be served';

describe('a new supergraph in the file', () => {
  test('is taken up, says what is new, and begins warm', async () => {
    await using world = await startReloadWorld();
    expect(await world.ask('{ v1 }')).toEqual({ status: 200, data: { v1: 1 } });
    expect(await world.ask('{ v2 }')).toMatchObject({ status: 200, errors: [{ message: /v2/ }] });
    const { sdl } = await world.shop(2);
    replace(world.file, sdl);
    await eventually('the second supergraph', () => said(world, served).length === 1);
    expect(await world.ask('{ v1 v2 }')).toEqual({ status: 200, data: { v1: 1, v2: 2 } });
    expect(said(world, served)[0]).toMatchObject({
      cause: 'file',
      generation: 2,
      warmed: 1,
      moved: [{ subgraph: 'shop' }],
      hash: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    const misses = await world.metric('gateway_operation_cache{what="misses"');
    expect(await world.ask('{ v1 }')).toEqual({ status: 200, data: { v1: 1 } });
    expect(await world.metric('gateway_operation_cache{what="misses"')).toBe(misses);
    expect(await world.metric('gateway_supergraph_generation')).toBe(2);
    expect(await world.metric('gateway_supergraph_reloads_total{outcome="installed"')).toBe(1);
    await eventually('the end of the first', async () => {
      return (await world.metric('gateway_supergraph_generations_alive')) === 1;
    });
    // Who asks for the schema learns of the new one, too.
    const { data } = await world.ask('{ __type(name: "Query") { fields { name } } }');
    expect(data).toEqual({ __type: { fields: [{ name: 'v1' }, { name: 'v2' }] } });
  });

  test('has the plans of what may be skipped, too', async () => {
    await using world = await startReloadWorld();
    const asked = 'query Q($all: Boolean = false) { v1 more: v1 @include(if: $all) }';
    expect(await world.ask(asked)).toEqual({ status: 200, data: { v1: 1 } });
    replace(world.file, (await world.shop(2)).sdl);
    await eventually('the second supergraph', () => said(world, served).length === 1);
    const planned = await world.metric('gateway_planning_seconds_count');
    expect(await world.ask(asked)).toEqual({ status: 200, data: { v1: 1 } });
    expect(planned).toBeGreaterThan(0);
    expect(await world.metric('gateway_planning_seconds_count')).toBe(planned);
  });

  test('that was written by half is refused, and taken when it is whole', async () => {
    await using world = await startReloadWorld();
    const { sdl } = await world.shop(2);
    writeFileSync(world.file, sdl.slice(0, sdl.length / 2));
    await eventually('the refusal', () => said(world, refused).length === 1);
    expect(said(world, refused)[0]).toMatchObject({ level: 'error', code: 'SUPERGRAPH_INVALID' });
    expect(await world.ask('{ v1 }')).toEqual({ status: 200, data: { v1: 1 } });
    expect(await world.metric('gateway_supergraph_generation')).toBe(1);
    expect(await world.metric('gateway_supergraph_reloads_total{outcome="refused"')).toBe(1);
    writeFileSync(world.file, sdl);
    await eventually('the whole one', () => said(world, served).length === 1);
    expect(await world.ask('{ v2 }')).toEqual({ status: 200, data: { v2: 2 } });
  });

  test('is seen when a link is turned elsewhere, as in a mounted ConfigMap', async () => {
    await using world = await startReloadWorld();
    const { sdl } = await world.shop(2);
    // …data is a link to a folder of this version; the file is a link through it.
    for (const [version, text] of [
      ['1', 'type Query { wrong: Int }'],
      ['2', sdl],
    ] as const) {
      const folder = join(world.folder, `..version-${version}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'supergraph.graphql'), text);
    }
    symlinkSync('..version-1', join(world.folder, '..data'));
    rmSync(world.file);
    symlinkSync('..data/supergraph.graphql', world.file);
    await eventually('the refusal', () => said(world, refused).length === 1);
    symlinkSync('..version-2', join(world.folder, '..next'));
    renameSync(join(world.folder, '..next'), join(world.folder, '..data'));
    await eventually('the second supergraph', () => said(world, served).length === 1);
    expect(await world.ask('{ v2 }')).toEqual({ status: 200, data: { v2: 2 } });
  });

  test('leaves requests under way where they are, until they have ended', async () => {
    await using world = await startReloadWorld();
    const first = await world.shop(1);
    replace(world.file, first.sdl);
    await eventually('a supergraph of a shop that can be held', () => said(world, served).length === 1);
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<undefined>();
    first.subgraph.intercept = () => {
      asked.resolve();
      return held.promise;
    };
    const slow = world.ask('{ v1 }');
    await asked.promise;
    const second = await world.shop(2);
    replace(world.file, second.sdl);
    await eventually('the next supergraph', () => said(world, served).length === 2);
    expect(await world.ask('{ v1 v2 }')).toEqual({ status: 200, data: { v1: 1, v2: 2 } });
    expect(second.subgraph.seen).toHaveLength(1);
    expect(await world.metric('gateway_supergraph_generations_alive')).toBe(2);
    held.resolve(undefined);
    expect(await slow).toEqual({ status: 200, data: { v1: 1 } });
    await eventually('the end of the one before', async () => {
      return (await world.metric('gateway_supergraph_generations_alive')) === 1;
    });
  });

  test('with an address that is none is refused, and leaves nothing behind', async () => {
    await using world = await startReloadWorld();
    const { subgraph, sdl } = await world.shop(2);
    replace(world.file, sdl.replace(subgraph.url, 'http://[nowhere'));
    await eventually('the refusal', () => said(world, refused).length === 1);
    expect(said(world, refused)[0]?.reason).toContain('the subgraph shop: expected a URL');
    expect(await world.ask('{ v1 }')).toEqual({ status: 200, data: { v1: 1 } });
  });

  test('that is gone is no reason to stop', async () => {
    await using world = await startReloadWorld();
    rmSync(world.file);
    await world.gateway.reload();
    expect(said(world, 'a supergraph cannot be read')[0]).toMatchObject({ code: 'SUPERGRAPH_UNREADABLE' });
    expect(await world.ask('{ v1 }')).toEqual({ status: 200, data: { v1: 1 } });
    const { sdl } = await world.shop(2);
    writeFileSync(world.file, sdl);
    await eventually('the new one', () => said(world, served).length === 1);
  });
});

describe('reloads', () => {
  test('that are asked for together are done one after another, and the newest wins', async () => {
    await using world = await startReloadWorld({ reload: { watch: false } });
    const [second, third] = [await world.shop(2), await world.shop(3)];
    writeFileSync(world.file, second.sdl);
    const begun = world.gateway.reload();
    writeFileSync(world.file, third.sdl);
    await Promise.all([begun, ...Array.from({ length: 5 }, () => world.gateway.reload())]);
    expect(await world.ask('{ v3 }')).toEqual({ status: 200, data: { v3: 3 } });
    expect(said(world, served).length).toBeLessThanOrEqual(2);
  });

  test('are given up when the gateway ends', async () => {
    const world = await startReloadWorld({ reload: { watch: false } });
    const { sdl } = await world.shop(2);
    writeFileSync(world.file, sdl);
    const reload = world.gateway.reload();
    await world[Symbol.asyncDispose]();
    await reload;
    expect(said(world, served)).toEqual([]);
    await world.gateway.reload();
  });

  test('fail no request', async () => {
    await using world = await startReloadWorld();
    const shops = [await world.shop(2), await world.shop(3)];
    let going = true;
    let answered = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (going) {
        expect(await world.ask(answered % 10 === 0 ? `{ a${answered}: v1 }` : '{ v1 }')).toMatchObject({
          status: 200,
          data: expect.anything(),
        });
        answered++;
      }
    });
    const count = Number(process.env.RELOADS ?? 6);
    for (let n = 0; n < count; n++) {
      // A comment more makes another text of it.
      replace(world.file, `# ${n}\n${shops[n % 2]!.sdl}`);
      await eventually(`reload ${n}`, () => said(world, served).length === n + 1);
    }
    going = false;
    await Promise.all(load);
    expect(answered).toBeGreaterThan(count);
    expect(await world.metric('gateway_supergraph_generation')).toBe(count + 1);
    await eventually('the end of all before', async () => {
      return (await world.metric('gateway_supergraph_generations_alive')) === 1;
    });
  }, 300_000);
});
