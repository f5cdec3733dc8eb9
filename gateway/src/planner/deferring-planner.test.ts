import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { DeferringPlanner } from './deferring-planner.ts';
import { noLabels } from './override-labels.ts';

const sdl = readFileSync(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8');
const document = parse(
  '{ orders(first: 3) { nodes { id ... @defer(label: "part0") { account { name } } } } }',
);

test('plans parts on a thread, also when a thread was lost', async () => {
  using planner = new DeferringPlanner(sdl);
  const waits = planner.plan(document, undefined, noLabels);
  planner[Symbol.dispose]();
  await expect(waits).rejects.toThrow('the planner is closed');
  const plans = await Promise.all([1, 2].map(() => planner.plan(document, undefined, noLabels)));
  for (const plan of plans) {
    expect(plan).toMatchObject({
      run: { kind: 'piece', id: '0', node: { subgraph: 'shop' } },
      deferred: [{ mark: 'part0', after: ['0'], deferred: [] }],
    });
  }
  expect(JSON.stringify(plans[0]!.deferred)).toContain('"subgraph":"crm"');
});

test('tells why there is no plan', async () => {
  using planner = new DeferringPlanner(sdl);
  await expect(planner.plan(parse('{ nothing }'), undefined, noLabels)).rejects.toThrow('nothing');
});
