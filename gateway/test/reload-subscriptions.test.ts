import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'graphql-ws';
import { eventually, replace } from './reload-world.ts';
import { connect, subscribe } from './socket-client.ts';
import { type StationWorld, startStations } from './stations.ts';

let world: StationWorld;
const clients: Client[] = [];
beforeAll(async () => {
  world = await startStations({ settings: { reload: { watch: false } } });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

function client(): Client {
  const made = connect(world.federation.url);
  clients.push(made);
  return made;
}

async function alive(): Promise<number> {
  const text = await (await fetch(`${world.federation.url}/metrics`)).text();
  return Number(/^gateway_supergraph_generations_alive\S* (\d+)/m.exec(text)?.[1]);
}

const reading = 'subscription { reading(id: "north") { degrees serial station { name } } }';

test('a running subscription goes on with a new supergraph, without a gap', async () => {
  await using stream = subscribe(client(), reading);
  const first = await stream.next();
  const { serial } = (first.data as { reading: { serial: number } }).reading;
  await world.measure('north', 1);
  expect(await stream.next()).toMatchObject({ data: { reading: { serial: serial + 1 } } });
  const { supergraphSdl, supergraphFile, gateway } = world.federation;
  replace(supergraphFile, `# the same, as another text\n${supergraphSdl}`);
  await gateway.reload();
  await world.measure('north', 2);
  expect(await stream.next()).toMatchObject({
    data: { reading: { serial: serial + 2, degrees: 2, station: { name: 'Station north' } } },
  });
  await eventually('the end of the generation before', async () => (await alive()) === 1);
  await world.measure('north', 3);
  expect(await stream.next()).toMatchObject({ data: { reading: { serial: serial + 3 } } });
});

test('one that does not fit the new supergraph is ended with a code, the others go on', async () => {
  await using stream = subscribe(client(), reading);
  await using other = subscribe(client(), 'subscription { reading(id: "north") { degrees } }');
  await Promise.all([stream.next(), other.next()]);
  const { supergraphSdl, supergraphFile, gateway } = world.federation;
  replace(supergraphFile, supergraphSdl.replace(' name: String! @join__field(graph: PLACES)', ''));
  await gateway.reload();
  expect(await stream.ended).toEqual([
    expect.objectContaining({
      message: expect.stringContaining('Cannot query field "name"'),
      extensions: { code: 'SUBSCRIPTION_OUTDATED' },
    }),
  ]);
  await world.measure('north', 4);
  expect(await other.next()).toMatchObject({ data: { reading: { degrees: 4 } } });
});

test('one whose events come from elsewhere is ended with a code', async () => {
  await using stream = subscribe(client(), 'subscription { alarm { __typename } }');
  await eventually('its feed', async () => {
    const text = await (await fetch(`${world.federation.url}/metrics`)).text();
    return /^gateway_subscriptions_active\{[^}]*alarm[^}]*\} 1/m.test(text);
  });
  const { supergraphSdl, supergraphFile, gateway } = world.federation;
  replace(supergraphFile, supergraphSdl.replace('"alarms"', '"overview.alarms"'));
  await gateway.reload();
  expect(await stream.ended).toMatchObject([{ extensions: { code: 'SUBSCRIPTION_OUTDATED' } }]);
});
